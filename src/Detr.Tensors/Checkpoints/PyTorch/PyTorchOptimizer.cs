using System.Globalization;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// Reads what <c>torch.optim.AdamW.state_dict()</c> gives: groups list their parameters by number, and the state has for each number
/// the steps (a number or, since 1.12, a tensor) and both moments.
/// </summary>
internal static class PyTorchOptimizer
{
    /// <summary>The optimizer of a training checkpoint; null where there is none, or one of another kind.</summary>
    /// <param name="root">The file's object.</param>
    /// <param name="toTensor">Finds a tensor, by a name for messages, in the file.</param>
    internal static OptimizerMoments? Of(PickledDictionary root, Func<string, PickledTensor, CheckpointTensor> toTensor)
    {
        if (root["optimizer"] is not PickledDictionary optimizer || optimizer["state"] is not PickledDictionary state || optimizer["param_groups"] is not IReadOnlyList<object?> groups)
        {
            return null;
        }

        Dictionary<long, PickledDictionary> states = [];
        foreach ((object? key, object? value) in state.Entries)
        {
            if (key is long number && value is PickledDictionary entry)
            {
                states[number] = entry;
            }
        }

        List<IReadOnlyList<(CheckpointTensor, CheckpointTensor)>> moments = [];
        long steps = 0;
        int listed = 0;
        foreach (object? group in groups)
        {
            if (group is not PickledDictionary described || described["params"] is not IReadOnlyList<object?> numbers || numbers.Count > states.Count - listed)
            {
                return null;
            }

            // A pickle can name one group over and over, but each parameter has one.
            listed += numbers.Count;
            List<(CheckpointTensor, CheckpointTensor)> own = [];
            foreach (object? number in numbers)
            {
                if (number is not long key || !states.TryGetValue(key, out PickledDictionary? entry)
                    || entry["exp_avg"] is not PickledTensor first || entry["exp_avg_sq"] is not PickledTensor second)
                {
                    return null;
                }

                string name = key.ToString(CultureInfo.InvariantCulture);
                own.Add((toTensor($"exp_avg of parameter {name}", first), toTensor($"exp_avg_sq of parameter {name}", second)));
                steps = entry["step"] switch
                {
                    long count => count,
                    PickledTensor count when toTensor($"step of parameter {name}", count) is { Length: 1 } one => (long)one.ToDoubles()[0],
                    _ => steps,
                };
            }

            moments.Add(own);
        }

        return steps is >= 0 and <= int.MaxValue ? new OptimizerMoments((int)steps, moments) : null;
    }
}
