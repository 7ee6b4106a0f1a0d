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

    /// <summary>A box's edges are not numbers.</summary>
    NotFinite,

    /// <summary>A box has no area; it is left out of training.</summary>
    NoArea,

    /// <summary>A box lies wholly outside its photograph; it is left out of training.</summary>
    OutsideImage,
}
