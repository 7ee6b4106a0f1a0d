using Detr.Explain;
using Detr.Tensors;

namespace Detr;

/// <summary>What is to be found in a picture, and who looks on.</summary>
public sealed record DetectRequest
{
    /// <summary>0.7.</summary>
    public const float DefaultThreshold = 0.7f;

    /// <summary>The least score, from 0 to 1; 0 keeps every query's detection, in query order.</summary>
    public float Threshold { get; init; } = DefaultThreshold;

    /// <summary>Sees attention probabilities as they are made, such as <see cref="AttentionCapture"/>; null for nobody.</summary>
    public IAttentionObserver? AttentionObserver { get; init; }

    /// <summary>Sees where deformable attentions sample, such as <see cref="SamplingCapture"/>; null for nobody.</summary>
    public IDeformableAttentionObserver? DeformableAttentionObserver { get; init; }

    /// <summary>Which attention heads are switched off, such as <see cref="HeadsOff"/>; null for none.</summary>
    public IHeadMask? HeadMask { get; init; }
}
