using Detr.Data;

namespace Detr.Cli;

/// <summary>Data that is generated instead of read: <c>--data shapes</c>.</summary>
internal static class GeneratedData
{
    /// <summary>The name that <c>--data</c> knows it by.</summary>
    internal const string Name = "shapes";

    // Training and evaluation never share a scene: their seeds differ. val and test are two names of one set.
    private const ulong TrainingSeed = 1;
    private const ulong EvaluationSeed = 1_000_003;

    internal static ShapesDataset Open(string data, string split, int count, int size)
    {
        if (data != Name)
        {
            throw new InputException($"--data {data} is not known; this version trains and evaluates on generated scenes: --data {Name}.");
        }

        return split switch
        {
            "train" => new ShapesDataset(count, TrainingSeed, new ShapesOptions { Size = size }),
            "val" or "test" => new ShapesDataset(count, EvaluationSeed, new ShapesOptions { Size = size }),
            _ => throw new InputException($"There is no split {split}; generated scenes have train, val and test."),
        };
    }
}
