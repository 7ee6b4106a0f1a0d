using System.Security.Cryptography;

namespace Detr.Data;

/// <summary>Compares the splits of a data set with each other: what no look at one of them alone can find.</summary>
public static class SplitCheck
{
    private const int NamesListed = 8;

    // Two photographs that differ do so within these bytes, but for the rarest: so most files are not read to their end.
    private const int Beginning = 4096;

    /// <summary>
    /// Finds categories that splits do not share, and photographs that are there more than once, byte for byte: in two splits
    /// they make evaluation praise what was learned by heart. Only files of equal length are read, and of these only what begins alike
    /// is read to the end.
    /// </summary>
    /// <param name="splits">The splits by name; the first, usually train, is what categories are compared with.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public static IReadOnlyList<DatasetDefect> Run(IReadOnlyList<(string Name, IDetectionDataset Data)> splits, CancellationToken cancellationToken = default)
        => [.. splits.Skip(1).SelectMany(split => Categories(splits[0], split)), .. Repeated(splits, isAcrossOnly: false, cancellationToken)];

    /// <summary>Finds the photographs that two splits share, byte for byte; the same search as <see cref="Run"/>'s, and less to read.</summary>
    /// <param name="first">A split, usually that of training.</param>
    /// <param name="second">The split whose photographs are looked for in the first.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>A defect for each photograph of the second split that the first has, too.</returns>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public static IReadOnlyList<DatasetDefect> Shared(
        (string Name, IDetectionDataset Data) first, (string Name, IDetectionDataset Data) second, CancellationToken cancellationToken = default)
        => [.. Repeated([first, second], isAcrossOnly: true, cancellationToken)];

    /// <summary>Models know categories by name; ids that differ are harmless here, but not to programs that go by them.</summary>
    private static IEnumerable<DatasetDefect> Categories((string Name, IDetectionDataset Data) first, (string Name, IDetectionDataset Data) other)
    {
        ILookup<string, Category> known = first.Data.Categories.ToLookup(category => category.Name, StringComparer.OrdinalIgnoreCase);
        Category[] unknown = [.. other.Data.Categories.Where(category => !known.Contains(category.Name))];
        Category[] moved = [.. other.Data.Categories.Where(category => known.Contains(category.Name) && !known[category.Name].Any(same => same.Id == category.Id))];
        if (unknown.Length > 0)
        {
            yield return Of($"{other.Name} has categories that {first.Name} lacks, so that nothing learns them: {List(unknown)}");
        }

        if (moved.Length > 0)
        {
            yield return Of($"categories have other ids in {other.Name} than in {first.Name}: {List(moved)}");
        }

        static DatasetDefect Of(string description) => new(DefectKind.DifferentCategories, string.Empty, description);

        static string List(Category[] categories)
            => string.Join(", ", categories.Take(NamesListed).Select(category => category.Name)) + (categories.Length > NamesListed ? $" and {categories.Length - NamesListed} more" : string.Empty);
    }

    private static IEnumerable<DatasetDefect> Repeated(IReadOnlyList<(string Name, IDetectionDataset Data)> splits, bool isAcrossOnly, CancellationToken cancellationToken)
    {
        IEnumerable<Photograph> photographs = splits.SelectMany((split, place) => Enumerable.Range(0, split.Data.Count).Select(i => Photograph.Find(place, split.Name, split.Data, i)).OfType<Photograph>());
        IEnumerable<IGrouping<string, Photograph>> alike = photographs.GroupBy(photograph => photograph.Length).Where(MayRepeat)
            .SelectMany(group => group.GroupBy(photograph => Hash(photograph, isWhole: false))).Where(MayRepeat)
            .SelectMany(group => group.GroupBy(photograph => Hash(photograph, isWhole: true))).Where(MayRepeat);
        foreach (IGrouping<string, Photograph> same in alike.Where(group => group.Key.Length > 0))
        {
            Photograph first = same.First();
            foreach (Photograph other in same.Skip(1).Where(other => !isAcrossOnly || other.Place != first.Place))
            {
                string both = other.Place == first.Place ? $"{other.Name} and {first.Name} of {first.Split}" : $"{other.Name} of {other.Split} and {first.Name} of {first.Split}";
                yield return new DatasetDefect(DefectKind.RepeatedImage, other.Name, other.Path == first.Path ? $"{both} are one file" : $"{both} are the same picture");
            }
        }

        bool MayRepeat<TKey>(IGrouping<TKey, Photograph> group)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return group.Skip(1).Any(other => !isAcrossOnly || other.Place != group.First().Place);
        }
    }

    /// <summary>The SHA-256 of a file or of its beginning, or nothing where it cannot be read, which the check of its split reports.</summary>
    private static string Hash(Photograph photograph, bool isWhole)
    {
        try
        {
            using FileStream stream = File.OpenRead(photograph.Path);
            if (isWhole)
            {
                return Convert.ToHexString(SHA256.HashData(stream));
            }

            Span<byte> beginning = stackalloc byte[(int)Math.Min(Beginning, photograph.Length)];
            stream.ReadExactly(beginning);
            return Convert.ToHexString(SHA256.HashData(beginning));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private sealed record Photograph(int Place, string Split, string Name, string Path, long Length)
    {
        internal static Photograph? Find(int place, string split, IDetectionDataset data, int index)
            => data.FilePath(index) is { } path && new FileInfo(path) is { Exists: true } file ? new Photograph(place, split, data.Annotations(index).FileName, path, file.Length) : null;
    }
}
