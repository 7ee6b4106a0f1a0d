namespace Detr.Onnx.Graph;

/// <summary>One axis of an input or output: a size, or a name for a size that each run brings along.</summary>
internal readonly record struct GraphAxis(long Size, string? Symbol)
{
    public static implicit operator GraphAxis(int size) => new(size, null);

    public static implicit operator GraphAxis(string symbol) => new(0, symbol);
}
