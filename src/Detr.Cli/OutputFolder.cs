namespace Detr.Cli;

/// <summary>The folder of <c>--out</c>.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder if it does not exist, before long work begins.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">There is a file of that name.</exception>
    internal static void Create(string path)
    {
        if (File.Exists(path))
        {
            throw new InputException($"--out {path} is a file; name a folder.");
        }

        Directory.CreateDirectory(path);
    }
}
