namespace Detr.Data;

/// <summary>What can be wrong with a data set.</summary>
public enum DefectKind
{
    /// <summary>A photograph's file is not there.</summary>
    MissingImage,

    /// <summary>A photograph's file is no picture that can be read.</summary>
    UnreadableImage,

    /// <summary>A photograph is not as large as its annotations say.</summary>
    WrongSize,

    /// <summary>A photograph is turned upright by its EXIF orientation, but its annotations are of the picture as it is stored.</summary>
    TurnedImage,

    /// <summary>An annotation cannot be understood; it was left out.</summary>
    UnreadableAnnotation,

    /// <summary>An annotation is of an image that the data set does not list; it was left out.</summary>
    UnknownImage,

    /// <summary>An annotation is of a category that the data set does not list; it was left out.</summary>
    UnknownCategory,

    /// <summary>Two images or two categories have one id; the second was left out.</summary>
    RepeatedId,

    /// <summary>Two categories have one name, so that detections cannot tell them apart.</summary>
    RepeatedName,

    /// <summary>A box's edges are not numbers.</summary>
    NotFinite,

    /// <summary>A photograph has more objects than the model can find.</summary>
    TooManyObjects,

    /// <summary>A box has no area; it is left out of training.</summary>
    NoArea,

    /// <summary>A box lies wholly outside its photograph; it is left out of training.</summary>
    OutsideImage,

    /// <summary>A box reaches beyond its photograph by more than a pixel; it is clipped.</summary>
    BeyondEdge,

    /// <summary>An object is annotated twice: one category, one box.</summary>
    RepeatedObject,

    /// <summary>Two annotations have one id, which other programs may trip over.</summary>
    RepeatedAnnotationId,

    /// <summary>Labels have no photograph; they were left out.</summary>
    LabelWithoutImage,

    /// <summary>Categories have no object.</summary>
    UnusedCategory,

    /// <summary>Two splits do not have the same categories.</summary>
    DifferentCategories,

    /// <summary>Two photographs are the same, byte for byte.</summary>
    RepeatedImage,
}
