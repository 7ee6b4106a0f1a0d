namespace Detr.Tensors;

/// <summary>
/// What a forward pass did, to be walked backwards: for each operation its result, what it needs kept, and how a
/// gradient with respect to the result becomes gradients with respect to its inputs (reverse-mode differentiation).
/// </summary>
public sealed class Tape
{
    private readonly List<Entry> _entries = [];

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
    public void Backward(ForwardContext context, IReadOnlyList<(Tensor Result, Tensor Gradient)> seeds)
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

                    entry.Result.Gradient = null;
                    gradient.Storage.Release();
                }

                ReleaseHeld(entry);
                _entries.RemoveAt(i);
            }
        }
        finally
        {
            Clear();
            context.SwapTape(outer);
        }
    }

    /// <summary>Forgets everything that was recorded and lets the memory go.</summary>
    public void Clear()
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Result.Gradient is { } gradient)
            {
                entry.Result.Gradient = null;
                gradient.Storage.Release();
            }

            ReleaseHeld(entry);
        }

        _entries.Clear();
    }

    internal void Record(Tensor result, ReadOnlySpan<Tensor?> held, Action<Tensor> backward)
    {
        TensorStorage[] storages = new TensorStorage[held.Length + 1];
        result.Storage.Hold();
        storages[0] = result.Storage;
        for (int i = 0; i < held.Length; i++)
        {
            held[i]?.Storage.Hold();
            storages[i + 1] = held[i]?.Storage!;
        }

        _entries.Add(new Entry(result, storages, backward));
    }

    private static void ReleaseHeld(Entry entry)
    {
        foreach (TensorStorage? storage in entry.Held)
        {
            storage?.Release();
        }
    }

    private readonly record struct Entry(Tensor Result, TensorStorage?[] Held, Action<Tensor> Backward);
}
