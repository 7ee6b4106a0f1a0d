namespace Detr.Tensors;

/// <summary>
/// What a forward pass did, to be walked backwards: for each operation its result, what it needs kept, and how a
/// gradient with respect to the result becomes gradients with respect to its inputs (reverse-mode differentiation).
/// </summary>
public sealed class Tape
{
    private readonly List<Entry> _entries = [];

    // What all entries hold, one after the other: an entry's part ends where the next one's begins.
    private readonly List<TensorStorage> _held = [];
    private readonly bool _forgets;

    /// <summary>Makes an empty tape.</summary>
    public Tape()
    {
    }

    private Tape(bool forgets) => _forgets = forgets;

    /// <summary>Marks what needs a gradient and keeps nothing: for a part that the backward pass runs once more.</summary>
    internal static Tape Forgetful { get; } = new(forgets: true);

    /// <summary>How many operations are recorded.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// Computes the gradients of a scalar with respect to everything it was made from and adds them to the parameters'
    /// <see cref="Tensor.Gradient"/>; the tape is empty afterwards.
    /// </summary>
    /// <param name="context">The context that recorded the tape.</param>
    /// <param name="loss">A tensor of one element.</param>
    /// <exception cref="ArgumentException">The loss has more than one element.</exception>
    public void Backward(ForwardContext context, Tensor loss)
    {
        if (loss.Length != 1)
        {
            throw new ArgumentException($"A backward pass starts from one number, not from a tensor of shape {loss.Shape}.", nameof(loss));
        }

        using Scope scope = context.Scope();
        Tensor one = context.Allocate(loss.Shape);
        context.Backend.Fill(one, 1f);
        Backward(context, [(loss, one)]);
    }

    /// <summary>The same from given gradients of several results.</summary>
    /// <param name="context">The context that recorded the tape.</param>
    /// <param name="seeds">Results and the gradients to start from, of the same shapes.</param>
    /// <param name="keep">Whether the tape stays as it is, for further passes from other gradients.</param>
    public void Backward(ForwardContext context, IReadOnlyList<(Tensor Result, Tensor Gradient)> seeds, bool keep = false)
    {
        Tape? outer = context.SwapTape(null);
        try
        {
            foreach ((Tensor result, Tensor gradient) in seeds)
            {
                context.AddGradient(result, gradient);
            }

            for (int i = _entries.Count - 1; i >= 0; i--)
            {
                Entry entry = _entries[i];
                Tensor? gradient = entry.Result.Gradient;
                if (gradient is not null)
                {
                    context.CancellationToken.ThrowIfCancellationRequested();
                    using (context.Scope())
                    {
                        entry.Backward(gradient);
                    }

                    LetGradientGo(entry.Result);
                }

                if (!keep)
                {
                    RemoveLast();
                }
            }
        }
        finally
        {
            if (keep)
            {
                _entries.ForEach(static entry => LetGradientGo(entry.Result));
            }
            else
            {
                Clear();
            }

            context.SwapTape(outer);
        }
    }

    /// <summary>Forgets everything that was recorded and lets the memory go.</summary>
    public void Clear()
    {
        while (_entries.Count > 0)
        {
            LetGradientGo(_entries[^1].Result);
            RemoveLast();
        }
    }

    internal void Record(Tensor result, ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> saved, Action<Tensor> backward)
    {
        if (_forgets)
        {
            return;
        }

        _entries.Add(new Entry(result, _held.Count, backward));
        Hold([result]);
        Hold(inputs);
        Hold(saved);
    }

    private void Hold(ReadOnlySpan<Tensor?> tensors)
    {
        foreach (Tensor? tensor in tensors)
        {
            if (tensor is not null)
            {
                tensor.Storage.Hold();
                _held.Add(tensor.Storage);
            }
        }
    }

    private static void LetGradientGo(Tensor tensor)
    {
        tensor.Gradient?.Storage.Release();
        tensor.Gradient = null;
    }

    private void RemoveLast()
    {
        int first = _entries[^1].FirstHeld;
        for (int i = first; i < _held.Count; i++)
        {
            _held[i].Release();
        }

        _held.RemoveRange(first, _held.Count - first);
        _entries.RemoveAt(_entries.Count - 1);
    }

    private readonly record struct Entry(Tensor Result, int FirstHeld, Action<Tensor> Backward);
}
