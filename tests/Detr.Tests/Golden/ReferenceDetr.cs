using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>DETR with ResNet-50 and the reference's weights, shared by the tests of a class.</summary>
public sealed class ReferenceDetr : IDisposable
{
    internal const int Height = 224;
    internal const int Width = 320;

    public ReferenceDetr() => NumbersFromNames.Fill(Model.Parameters);

    internal CpuBackend Backend { get; } = new(2);

    internal DetrModel Model { get; } = new(new DetrOptions());

    public void Dispose() => Backend.Dispose();

    /// <summary>The picture that attention is explained on.</summary>
    internal static Tensor Image(ForwardContext context) => context.Upload([1, 3, Height, Width], NumbersFromNames.Image("input/a", 3, Height, Width));
}
