using Detr.Tensors;

namespace Detr.Cli;

/// <summary>What a measurement sends through a model.</summary>
internal sealed record BenchInput(int Batch, int Height, int Width, float[] Pixels)
{
    internal Tensor Upload(ForwardContext context) => context.Upload([Batch, 3, Height, Width], Pixels);
}
