using System.Security.Cryptography;

namespace Detr.Data;

/// <summary>Compares the splits of a data set with each other: what no look at one of them alone can find.</summary>
public static class SplitCheck
{
    private const int NamesListed = 8;

    /// <summary>
    /// Finds categories that splits do not share, and photographs that are there more than once, byte for byte: in two splits
    /// they make evaluation praise what was learned by heart. Only files of equal length are read.
    /// </summary>
    /// <param name="splits">The splits by name; the first, usually train, is what categories are compared with.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public static IReadOnlyList<DatasetDefect> Run(IReadOnlyList<(string Name, IDetectionDataset Data)> splits, CancellationToken cancellationToken = default)
        => [.. splits.Skip(1).SelectMany(split => Categories(splits[0], split)), .. Repeated(splits, cancellationToken)];

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

    private static IEnumerable<DatasetDefect> Repeated(IReadOnlyList<(string Name, IDetectionDataset Data)> splits, CancellationToken cancellationToken)
    {
        IEnumerable<Photograph> photographs = splits.SelectMany(split => Enumerable.Range(0, split.Data.Count).Select(i => Photograph.Find(split.Name, split.Data, i)).OfType<Photograph>());
        foreach (IGrouping<long, Photograph> sameLength in photographs.GroupBy(photograph => photograph.Length).Where(group => group.Skip(1).Any()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (IGrouping<string, Photograph> same in sameLength.GroupBy(Hash).Where(group => group.Key.Length > 0 && group.Skip(1).Any()))
            {
                Photograph first = same.First();
                foreach (Photograph other in same.Skip(1))
                {
                    string both = other.Split == first.Split ? $"{other.Name} and {first.Name} of {first.Split}" : $"{other.Name} of {other.Split} and {first.Name} of {first.Split}";
                    yield return new DatasetDefect(DefectKind.RepeatedImage, other.Name, other.Path == first.Path ? $"{both} are one file" : $"{both} are the same picture");
                }
            }
        }
    }

    /// <summary>The SHA-256 of a file, or nothing where it cannot be read, which the check of its split reports.</summary>
    private static string Hash(Photograph photograph)
    {
        try
        {
            using FileStream stream = File.OpenRead(photograph.Path);
            return Convert.ToHexString(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private sealed record Photograph(string Split, string Name, string Path, long Length)
    {
        internal static Photograph? Find(string split, IDetectionDataset data, int index)
            => data.FilePath(index) is { } path && new FileInfo(path) is { Exists: true } file ? new Photograph(split, data.Annotations(index).FileName, path, file.Length) : null;
    }
}
