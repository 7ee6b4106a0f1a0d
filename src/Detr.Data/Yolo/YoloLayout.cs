namespace Detr.Data;

/// <summary>Where a split in YOLO's format lies.</summary>
/// <param name="Folder">The data set's folder; file names are told relative to it.</param>
/// <param name="Sources">Folders of pictures, and text files that list pictures.</param>
/// <param name="Categories">The classes; null where nothing names them.</param>
/// <param name="KeypointValues">How many numbers of keypoints follow each box.</param>
internal sealed record YoloLayout(string Folder, IReadOnlyList<string> Sources, IReadOnlyList<Category>? Categories, int KeypointValues)
{
    // Also kinds that cannot be read, so that they are named as unreadable and not passed over.
    private static readonly HashSet<string> PictureExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm", ".pbm", ".webp", ".tif", ".tiff", ".gif", ".heic", ".avif", ".dng", ".mpo",
    };

    /// <summary>
    /// Finds a split: as a yaml says, or as <c>images/SPLIT</c> with <c>labels/SPLIT</c>, or as <c>SPLIT/images</c> with
    /// <c>SPLIT/labels</c>, or with labels beside the pictures.
    /// </summary>
    /// <param name="place">The data set's folder, or its yaml.</param>
    /// <param name="split">The split.</param>
    /// <returns>The layout, or null where there is none.</returns>
    /// <exception cref="InvalidDataException">The yaml is damaged.</exception>
    internal static YoloLayout? Find(string place, string split)
    {
        bool isYaml = IsYaml(place);
        string folder = isYaml ? Path.GetDirectoryName(Path.GetFullPath(place))! : place;
        YoloDescription? description = (isYaml ? place : YamlIn(folder)) is { } yaml ? YoloDescription.Read(yaml) : null;
        if (description is not null && description.Splits.TryGetValue(split, out IReadOnlyList<string>? paths))
        {
            return paths.Count == 0 ? null : new YoloLayout(folder, [.. paths.Select(path => Resolve(folder, description.Root, path))], description.Categories, description.KeypointValues);
        }

        IReadOnlyList<Category>? names = description?.Categories ?? YoloNames.Find(folder, split);
        return Source(folder, split, names is not null) is { } source ? new YoloLayout(folder, [source], names, description?.KeypointValues ?? 0) : null;
    }

    /// <summary>Whether a file is a picture by its name.</summary>
    internal static bool IsPicture(string path) => PictureExtensions.Contains(Path.GetExtension(path));

    /// <summary>Whether a path is a yaml file that exists.</summary>
    internal static bool IsYaml(string path) => Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML" && File.Exists(path);

    /// <summary>Where a picture's labels are: <c>labels</c> instead of the last <c>images</c> in its path, else beside it.</summary>
    internal static string LabelFile(string picture)
    {
        string beside = Path.ChangeExtension(picture, ".txt");
        return InLabels(Path.GetDirectoryName(picture)!) is { } folder && Path.Combine(folder, Path.GetFileName(beside)) is var named && (File.Exists(named) || !File.Exists(beside))
            ? named
            : beside;
    }

    /// <summary>The folder of labels that belongs to a folder of pictures, or null where no part of its path is <c>images</c>.</summary>
    internal static string? InLabels(string folder)
    {
        string[] parts = folder.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int images = Array.FindLastIndex(parts, part => part.Equals("images", StringComparison.OrdinalIgnoreCase));
        if (images < 0)
        {
            return null;
        }

        parts[images] = "labels";
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    private static string? YamlIn(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Where(IsYaml)];
        return files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file).ToUpperInvariant() is "DATA" or "DATASET") ?? (files.Length == 1 ? files[0] : null);
    }

    /// <summary>
    /// A path of the yaml. Its root is often that of another machine, and exports of Roboflow say <c>../train/images</c> of
    /// what lies in <c>train/images</c>; so the first place that exists is taken.
    /// </summary>
    private static string Resolve(string folder, string? root, string path)
    {
        string inside = path.StartsWith("../", StringComparison.Ordinal) ? path[3..] : path;
        string[] candidates = [Path.Combine(folder, root ?? string.Empty, path), Path.Combine(folder, path), Path.Combine(folder, root ?? string.Empty, inside), Path.Combine(folder, inside)];
        return candidates.Select(Path.GetFullPath).FirstOrDefault(Path.Exists) ?? Path.GetFullPath(candidates[1]);
    }

    /// <summary>Where a split's pictures are by the folders' names alone.</summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="split">The split.</param>
    /// <param name="isNamed">Whether something names the classes; else only folders that are plainly YOLO's count.</param>
    private static string? Source(string folder, string split, bool isNamed)
    {
        foreach ((string images, string labels) in new[] { (Path.Combine("images", split), Path.Combine("labels", split)), (Path.Combine(split, "images"), Path.Combine(split, "labels")) })
        {
            if (Directory.Exists(Path.Combine(folder, images)) && Directory.Exists(Path.Combine(folder, labels)))
            {
                return Path.Combine(folder, images);
            }
        }

        if (!isNamed)
        {
            return null;
        }

        // Labels may be beside their pictures.
        string own = Path.Combine(folder, split), all = Path.Combine(folder, "images");
        if (HasLabelsBeside(own))
        {
            return own;
        }

        if (split != "train")
        {
            return null;
        }

        // Without splits all of it is for training.
        return Directory.Exists(all) && Directory.Exists(Path.Combine(folder, "labels")) ? all : HasLabelsBeside(folder) ? folder : null;
    }

    private static bool HasLabelsBeside(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        HashSet<string> pictures = [.. Directory.EnumerateFiles(folder).Where(IsPicture).Select(file => Path.GetFileNameWithoutExtension(file))];
        return Directory.EnumerateFiles(folder, "*.txt").Any(file => pictures.Contains(Path.GetFileNameWithoutExtension(file)));
    }
}
