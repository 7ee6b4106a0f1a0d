namespace Detr.Models;

/// <summary>How logits say which class a query sees.</summary>
public enum ClassScoring
{
    /// <summary>The classes and no-object, which comes last, share one softmax: a query is exactly one of them (DETR).</summary>
    Softmax,

    /// <summary>Each class has a sigmoid of its own and no-object has none: a query may be sure of several classes, or of none (Deformable DETR and what came after it).</summary>
    Sigmoid,
}
