using System.Security.Cryptography;

namespace Detr.Data;

/// <summary>
/// Finds photographs that are in a data set more than once, byte for byte: in two splits they make evaluation praise what
/// was learned by heart.
/// </summary>
public static class RepeatedImages
{
    /// <summary>Compares all photographs of some splits. Only files of equal length are read.</summary>
    /// <param name="splits">The splits by name.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public static IReadOnlyList<DatasetDefect> Find(IReadOnlyList<(string Name, IDetectionDataset Data)> splits, CancellationToken cancellationToken = default)
    {
        IEnumerable<(string Split, string Name, string Path, long Length)> files = splits.SelectMany(split => Enumerable.Range(0, split.Data.Count).SelectMany(i =>
            split.Data.FilePath(i) is { } path && new FileInfo(path) is { Exists: true } file ? new[] { (split.Name, split.Data.Annotations(i).FileName, path, file.Length) } : []));
        List<DatasetDefect> defects = [];
        foreach (var sameLength in files.GroupBy(file => file.Length).Where(group => group.Skip(1).Any()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var same in sameLength.GroupBy(file => Hash(file.Path)).Where(group => group.Key.Length > 0 && group.Skip(1).Any()))
            {
                (string firstSplit, string first, string firstPath, _) = same.First();
                foreach ((string split, string name, string path, _) in same.Skip(1))
                {
                    string what = split == firstSplit ? $"{name} and {first} of {split}" : $"{name} of {split} and {first} of {firstSplit}";
                    defects.Add(new DatasetDefect(DefectKind.RepeatedImage, name, path == firstPath ? $"{what} are one file" : $"{what} are the same picture"));
                }
            }
        }

        return defects;
    }

    /// <summary>The SHA-256 of a file, or nothing where it cannot be read, which the check of its split reports.</summary>
    private static string Hash(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexString(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
