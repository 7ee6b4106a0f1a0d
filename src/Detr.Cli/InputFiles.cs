namespace Detr.Cli;

/// <summary>What the user named on the command line, as picture files: files, folders, and patterns with * or ?.</summary>
internal static class InputFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm"];

    internal static IReadOnlyList<string> Expand(IEnumerable<string> inputs)
    {
        List<string> files = [];
        foreach (string input in inputs)
        {
            string[] found = Find(input);
            if (found.Length == 0)
            {
                throw new InputException(Directory.Exists(input)
                    ? $"The folder {input} has no pictures; what ends in {string.Join(", ", Extensions)} is looked for, and not in folders below."
                    : $"There is no picture at {input}; name a file, a folder with pictures, or a pattern such as photos/*.jpg.");
            }

            files.AddRange(found);
        }

        return files;
    }

    private static string[] Find(string input)
    {
        if (File.Exists(input))
        {
            return [input];
        }

        if (Directory.Exists(input))
        {
            return [.. Directory.EnumerateFiles(input).Where(IsPicture).Order(StringComparer.Ordinal)];
        }

        string folder = Path.GetDirectoryName(input) is { Length: > 0 } name ? name : ".";
        string pattern = Path.GetFileName(input);
        return Directory.Exists(folder) && pattern.AsSpan().ContainsAny('*', '?')
            ? [.. Directory.EnumerateFiles(folder, pattern).Where(IsPicture).Order(StringComparer.Ordinal)]
            : [];
    }

    private static bool IsPicture(string file) => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);
}
