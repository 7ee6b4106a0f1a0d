namespace Detr.Tensors.Checkpoints;

/// <summary>An object of a pickle that is neither a plain value nor a tensor: what it was to be made of, and nothing made.</summary>
/// <param name="global">Its class, such as <c>argparse.Namespace</c>.</param>
/// <param name="arguments">What its constructor would have been given.</param>
internal sealed class PickledObject(PickledGlobal global, object?[] arguments)
{
    internal PickledGlobal Global { get; } = global;

    internal object?[] Arguments { get; } = arguments;

    /// <summary>Its attributes or whatever else it would have been given afterwards.</summary>
    internal object? State { get; set; }
}
