using Detr.Data;

namespace Detr.Cli;

/// <summary>Data that is generated instead of read: <c>--data shapes</c>, <c>--data shapes:new</c> for other classes, <c>--data shapes:stuff</c> for stuff besides things.</summary>
internal static class GeneratedData
{
    /// <summary>The name that <c>--data</c> knows it by.</summary>
    internal const string Name = "shapes";

    private const string NewName = "shapes:new";
    private const string StuffName = "shapes:stuff";

    // No split shares a scene with another: their seeds differ.
    private const ulong TrainingSeed = 1;
    private const ulong ValidationSeed = 1_000_003;
    private const ulong TestSeed = 2_000_003;

    /// <summary>Whether this is what <c>--data</c> was given.</summary>
    internal static bool IsName(string data) => data is Name or NewName or StuffName;

    internal static ShapesDataset Open(string data, string split, int count, int size)
    {
        if (count < 1 || size is < 32 or > 4096)
        {
            throw new InputException("Generated scenes are at least one, of 32 to 4096 pixels a side.");
        }

        ulong seed = split switch
        {
            "train" => TrainingSeed,
            "val" => ValidationSeed,
            "test" => TestSeed,
            _ => throw new InputException($"There is no split {split}; generated scenes have train, val and test."),
        };
        return new ShapesDataset(count, seed, new ShapesOptions { Size = size, Variant = data == NewName ? ShapesVariant.New : ShapesVariant.Usual, HasStuff = data == StuffName });
    }
}
