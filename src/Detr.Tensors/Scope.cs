namespace Detr.Tensors;

/// <summary>
/// A span of work: what is allocated inside goes back for reuse when it ends, except what was kept and what a tape
/// still needs for the backward pass. Scopes nest; each module's forward pass opens one.
/// </summary>
public sealed class Scope : IDisposable
{
    private readonly ForwardContext _context;
    private readonly List<Tensor> _tensors = [];

    internal Scope(ForwardContext context, Scope? outer)
    {
        _context = context;
        Outer = outer;
    }

    internal Scope? Outer { get; private set; }

    /// <summary>Hands a tensor to the surrounding scope, so that it outlives this one.</summary>
    /// <param name="tensor">A tensor made in this scope; one from outside is returned as it is.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (_tensors.Remove(tensor))
        {
            Outer?.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Gives a tensor back before the scope ends, for a long chain whose links are needed only once.</summary>
    /// <param name="tensor">A tensor made in this scope, not to be used any more; one from outside is left alone.</param>
    public void Release(Tensor tensor)
    {
        if (_tensors.Remove(tensor))
        {
            tensor.Storage.Release();
        }
    }

    /// <summary>Hands a tensor of bytes to the surrounding scope; see <see cref="Keep(Tensor)"/>.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns>The same tensor.</returns>
    public QuantizedTensor Keep(QuantizedTensor tensor)
    {
        Keep(tensor.Bytes);
        return tensor;
    }

    /// <summary>Gives a tensor of bytes back before the scope ends; see <see cref="Release(Tensor)"/>.</summary>
    /// <param name="tensor">The tensor.</param>
    public void Release(QuantizedTensor tensor) => Release(tensor.Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
        {
            tensor.Storage.Release();
        }

        _tensors.Clear();
        _context.Leave(this);
    }

    internal void Add(Tensor tensor) => _tensors.Add(tensor);

    internal void Reopen(Scope? outer) => Outer = outer;
}
