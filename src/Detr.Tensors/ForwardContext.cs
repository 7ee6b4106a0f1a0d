using System.Diagnostics.CodeAnalysis;
using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>
/// Everything that a forward pass needs besides its input. One context serves one thread at a time; contexts share
/// nothing but the backend they are given, so two threads with a context each may use one model.
/// </summary>
public sealed class ForwardContext
{
    private readonly Stack<Scope> _spareScopes = new();
    private Scope? _scope;

    /// <summary>Makes a context.</summary>
    /// <param name="backend">Where the arithmetic is done.</param>
    public ForwardContext(IBackend backend) => Backend = backend;

    /// <summary>Where the arithmetic is done.</summary>
    public IBackend Backend { get; }

    /// <summary>Records operations for a backward pass; null when no gradient is wanted.</summary>
    public Tape? Tape { get; set; }

    /// <summary>Whether dropout drops and batch norm uses its batch's own statistics.</summary>
    public bool Training { get; set; }

    /// <summary>Whether parts of a network are run again in the backward pass rather than kept; see <see cref="Recomputation"/>.</summary>
    public bool Recomputes { get; set; }

    /// <summary>Whether a part is being run again, which must not move running statistics.</summary>
    internal bool IsReplay { get; private set; }

    /// <summary>The random numbers of dropout.</summary>
    public RandomStream Random { get; set; } = new(42);

    /// <summary>Sees attention probabilities as they are made; null when nobody looks, and then they are not stored.</summary>
    public IAttentionObserver? AttentionObserver { get; set; }

    /// <summary>Sees what a backward pass brings to attention probabilities; null when nobody looks.</summary>
    public IAttentionGradientObserver? AttentionGradientObserver { get; set; }

    /// <summary>Sees where deformable attentions sample; null when nobody looks.</summary>
    public IDeformableAttentionObserver? DeformableAttentionObserver { get; set; }

    /// <summary>What a backward pass carries back; null for derivatives.</summary>
    public IBackwardRule? BackwardRule { get; set; }

    /// <summary>Whether parameters are constants: a backward pass then reaches activations alone, and no weight's gradient is computed.</summary>
    public bool ParametersAreConstants { get; set; }

    /// <summary>Sees what the backbone's layers make; null when nobody looks.</summary>
    public IActivationObserver? ActivationObserver { get; set; }

    /// <summary>Switches attention heads off; null when all are on.</summary>
    public IHeadMask? HeadMask { get; set; }

    /// <summary>Stops the pass at the next operation that looks.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Opens a scope; dispose it where the work ends.</summary>
    public Scope Scope()
    {
        CancellationToken.ThrowIfCancellationRequested();
        if (_spareScopes.TryPop(out Scope? scope))
        {
            scope.Reopen(_scope);
        }
        else
        {
            scope = new Scope(this, _scope);
        }

        return _scope = scope;
    }

    /// <summary>A tensor in the current scope, its elements not yet set.</summary>
    /// <param name="shape">The axes' sizes.</param>
    public Tensor Allocate(Shape shape) => Own(new Tensor(Backend.Allocate(shape.Length), shape));

    /// <summary>A tensor of zeros in the current scope.</summary>
    /// <param name="shape">The axes' sizes.</param>
    public Tensor Zeros(Shape shape)
    {
        Tensor tensor = Allocate(shape);
        Backend.Fill(tensor, 0f);
        return tensor;
    }

    /// <summary>A tensor in the current scope with the host's elements.</summary>
    /// <param name="shape">The axes' sizes.</param>
    /// <param name="elements">The elements, row-major; they are copied.</param>
    public Tensor Upload(Shape shape, ReadOnlySpan<float> elements)
    {
        Tensor tensor = Allocate(shape);
        tensor.Write(elements);
        return tensor;
    }

    /// <summary>
    /// Records an operation, when a tape listens and one of the inputs needs a gradient.
    /// </summary>
    /// <param name="result">What the operation made.</param>
    /// <param name="inputs">What it was made from; all are kept until the backward pass.</param>
    /// <param name="backward">Takes the gradient of the result and calls <see cref="AddGradient"/> for each input.</param>
    /// <param name="saved">Other tensors that the backward pass reads.</param>
    /// <param name="always">Whether a gradient is wanted within the operation, even when no input needs one; a tape has to listen.</param>
    /// <returns>The result.</returns>
    public Tensor Record(Tensor result, ReadOnlySpan<Tensor?> inputs, Action<Tensor> backward, ReadOnlySpan<Tensor?> saved = default, bool always = false)
    {
        if (!always && !Records(inputs))
        {
            return result;
        }

        result.RequiresGradient = true;
        Tape!.Record(result, inputs, saved, backward);
        return result;
    }

    /// <summary>Whether an operation on these inputs has to be recorded.</summary>
    /// <param name="inputs">The operation's inputs.</param>
    public bool Records(ReadOnlySpan<Tensor?> inputs)
    {
        if (Tape is null)
        {
            return false;
        }

        foreach (Tensor? input in inputs)
        {
            if (NeedsGradient(input))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a tensor gets a gradient in this pass.</summary>
    /// <param name="tensor">A tensor, or null.</param>
    public bool NeedsGradient([NotNullWhen(true)] Tensor? tensor) => tensor is { RequiresGradient: true } && !(ParametersAreConstants && tensor is Parameter);

    /// <summary>
    /// Adds to the gradient of a tensor that needs one. A first gradient is adopted without a copy; a second is summed.
    /// </summary>
    /// <param name="tensor">An input of the operation.</param>
    /// <param name="gradient">Its gradient from this use, of the same number of elements.</param>
    public void AddGradient(Tensor? tensor, Tensor gradient)
    {
        if (!NeedsGradient(tensor))
        {
            return;
        }

        if (gradient.Length != tensor.Length)
        {
            throw new ArgumentException($"A tensor of shape {tensor.Shape} cannot have a gradient of shape {gradient.Shape}.", nameof(gradient));
        }

        if (tensor.Gradient is null)
        {
            tensor.Gradient = gradient.View(tensor.Shape);
        }
        else if (!tensor.Gradient.Storage.IsShared)
        {
            Backend.AddScaled(1f, gradient, tensor.Gradient);
        }
        else
        {
            Tensor total = new(Backend.Allocate(tensor.Length), tensor.Shape);
            Backend.Binary(BinaryOperation.Add, tensor.Gradient, gradient, total);
            ReplaceGradient(tensor, total);
        }
    }

    /// <summary>Adds to a run of elements of the gradient of a tensor that needs one.</summary>
    /// <param name="tensor">An input of the operation.</param>
    /// <param name="gradient">The gradient of some of its elements.</param>
    /// <param name="offset">The first of them.</param>
    internal void AddGradientOfPart(Tensor tensor, Tensor gradient, int offset)
    {
        if (!NeedsGradient(tensor))
        {
            return;
        }

        if (tensor.Gradient is null || tensor.Gradient.Storage.IsShared)
        {
            Tensor own = new(Backend.Allocate(tensor.Length), tensor.Shape);
            if (tensor.Gradient is null)
            {
                Backend.Fill(own, 0f);
            }
            else
            {
                Backend.CopyBlocks(1, own.Length, tensor.Gradient, 0, 0, own, 0, 0);
            }

            ReplaceGradient(tensor, own);
        }

        Tensor sum = tensor.Gradient!;
        Backend.AddScaled(1f, gradient, new Tensor(sum.Storage, gradient.Shape, sum.Offset + offset));
    }

    /// <summary>Adds several gradients; see <see cref="AddGradient"/>.</summary>
    /// <param name="gradients">Inputs of the operation and their gradients.</param>
    internal void AddGradients(params ReadOnlySpan<(Tensor Tensor, Tensor Gradient)> gradients)
    {
        foreach ((Tensor tensor, Tensor gradient) in gradients)
        {
            AddGradient(tensor, gradient);
        }
    }

    internal Tensor Own(Tensor tensor)
    {
        if (_scope is null)
        {
            throw new InvalidOperationException("An operation ran outside a scope; open one with ForwardContext.Scope().");
        }

        _scope.Add(tensor);
        return tensor;
    }

    internal Tape? SwapTape(Tape? tape)
    {
        Tape? before = Tape;
        Tape = tape;
        return before;
    }

    /// <summary>Runs a part again, from the random numbers it began with, in front of a tape and of nobody else.</summary>
    internal Tensor Replay<TState>(Tape tape, ulong random, TState state, Func<ForwardContext, TState, Tensor> body)
    {
        (Tape? outer, ulong now, bool replays) = (Tape, Random.State, IsReplay);
        (IAttentionObserver? observer, IDeformableAttentionObserver? deformable) = (AttentionObserver, DeformableAttentionObserver);
        (Tape, Random.State, IsReplay, AttentionObserver, DeformableAttentionObserver) = (tape, random, true, null, null);
        try
        {
            return body(this, state);
        }
        finally
        {
            (Tape, Random.State, IsReplay, AttentionObserver, DeformableAttentionObserver) = (outer, now, replays, observer, deformable);
        }
    }

    internal void Leave(Scope scope)
    {
        if (!ReferenceEquals(scope, _scope))
        {
            throw new InvalidOperationException("Scopes end in the reverse order of their beginning.");
        }

        _scope = scope.Outer;
        _spareScopes.Push(scope);
    }

    private static void ReplaceGradient(Tensor tensor, Tensor gradient)
    {
        tensor.Gradient?.Storage.Release();
        tensor.Gradient = gradient;
    }
}
