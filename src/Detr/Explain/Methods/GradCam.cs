namespace Detr.Explain;

/// <summary>Grad-CAM with the last decoder layer's heads as channels: each counts by the mean of its gradient.</summary>
public sealed class GradCam : IRelevanceMethod
{
    /// <inheritdoc/>
    public string Name => "grad-cam";

    /// <inheritdoc/>
    public HeadFusion Fusion => HeadFusion.GradCam;

    /// <inheritdoc/>
    public bool ReadsAllLayers => false;

    /// <inheritdoc/>
    public float[] Map(FusedAttention attention, int query) => attention.DecoderCross[^1].Row(query).ToArray();
}
