namespace Detr.Data.Evaluation;

/// <summary>What went wrong with a detection that found nothing, or with an object that was not found.</summary>
public enum ErrorKind
{
    /// <summary>The box fits an object of another category, or the object was taken for another category.</summary>
    WrongCategory,

    /// <summary>A detection of an object that another detection has found already.</summary>
    Duplicate,

    /// <summary>Of the right category, but the box fits with an IoU from 0.1 to below 0.5 only.</summary>
    Misplaced,

    /// <summary>A detection where there is no object.</summary>
    Background,

    /// <summary>An object that only detections with scores below the threshold fit.</summary>
    Unsure,

    /// <summary>An object that no detection is near to.</summary>
    Unseen,
}
