namespace Detr.Data.Evaluation;

/// <summary>What of a detection is held against the truth.</summary>
public enum EvaluationKind
{
    /// <summary>Boxes.</summary>
    Box,

    /// <summary>Masks: every object and detection has one.</summary>
    Mask,
}
