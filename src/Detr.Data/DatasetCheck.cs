using Detr.Imaging;

namespace Detr.Data;

/// <summary>Looks a data set through before hours are spent on it.</summary>
public static class DatasetCheck
{
    // Edges of annotations are rounded in many ways; what lies further out was drawn there.
    private const float Overhang = 1;
    private const int NamesListed = 8;

    /// <summary>Finds what is wrong, by photograph and annotation, with what the data set's reader could not understand.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">How closely; null for the photographs' headers alone.</param>
    /// <param name="progress">Hears how many photographs are done, from several threads.</param>
    /// <param name="cancellationToken">Stops between two photographs.</param>
    /// <returns>The defects, in the data set's order.</returns>
    /// <exception cref="OperationCanceledException">The check was stopped.</exception>
    public static IReadOnlyList<DatasetDefect> Run(
        IDetectionDataset dataset, DatasetCheckOptions? options = null, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new DatasetCheckOptions();
        int done = 0;
        IEnumerable<DatasetDefect> images = Enumerable.Range(0, dataset.Count).AsParallel().AsOrdered().WithCancellation(cancellationToken).SelectMany(i =>
        {
            List<DatasetDefect> found = Image(dataset, i, options);
            progress?.Invoke(Interlocked.Increment(ref done));
            return found;
        });
        return [.. dataset.Defects, .. Categories(dataset), .. images];
    }

    private static IEnumerable<DatasetDefect> Categories(IDetectionDataset dataset)
    {
        foreach (IGrouping<string, Category> same in dataset.Categories.GroupBy(category => category.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
        {
            yield return new DatasetDefect(
                DefectKind.RepeatedName, string.Empty, $"categories {string.Join(" and ", same.Select(category => category.Id))} are both called {same.Key}; give each a name of its own");
        }

        HashSet<int> used = [.. Enumerable.Range(0, dataset.Count).SelectMany(i => dataset.Annotations(i).Objects).Select(item => item.Category)];
        string[] unused = [.. dataset.Categories.Where((_, place) => !used.Contains(place)).Select(category => category.Name)];
        if (unused.Length > 0)
        {
            string more = unused.Length > NamesListed ? $" and {unused.Length - NamesListed} more" : string.Empty;
            yield return new DatasetDefect(
                DefectKind.UnusedCategory, string.Empty, $"{unused.Length} of {dataset.Categories.Count} categories have no object: {string.Join(", ", unused.Take(NamesListed))}{more}");
        }
    }

    private static List<DatasetDefect> Image(IDetectionDataset dataset, int index, DatasetCheckOptions options)
    {
        ImageAnnotations image = dataset.Annotations(index);
        List<DatasetDefect> defects = [];
        if (dataset.FilePath(index) is { } path && PictureHeader.Read(path, image.FileName, defects) is { } header)
        {
            if (Size(path, header, image) is { } wrong)
            {
                defects.Add(wrong);
            }

            if (options.Decode)
            {
                Decode(path, image, defects);
            }
        }

        defects.AddRange(dataset.DefectsOf(index, options.Decode));
        HashSet<(int, float, float, float, float)> seen = [];
        foreach (ObjectAnnotation item in image.Objects)
        {
            if (Box(item, image) is { } bad)
            {
                defects.Add(bad);
            }

            if (!seen.Add((item.Category, item.X0, item.Y0, item.X1, item.Y1)))
            {
                defects.Add(Of(DefectKind.RepeatedObject, item, image, "is there twice"));
            }
        }

        if (options.Queries is { } queries && TargetBuilder.Build(image).Count is var objects && objects > queries)
        {
            defects.Add(new DatasetDefect(DefectKind.TooManyObjects, image.FileName, $"{image.FileName} has {objects} objects, but a model of {queries} queries finds no more than these"));
        }

        return defects;
    }

    private static DatasetDefect? Size(string path, ImageInfo header, ImageAnnotations image)
    {
        if (header.Width == image.Width && header.Height == image.Height)
        {
            return null;
        }

        return header.IsStoredLying && (header.Height, header.Width) == (image.Width, image.Height)
            ? new DatasetDefect(
                DefectKind.TurnedImage,
                image.FileName,
                $"{path} is stored with {image.Width} × {image.Height} pixels, as its annotations say, but its EXIF orientation turns it to {header.Width} × {header.Height}; "
                + "remove that tag, so that boxes and picture agree")
            : new DatasetDefect(
                DefectKind.WrongSize, image.FileName, $"{path} has {header.Width} × {header.Height} pixels, but its annotations say {image.Width} × {image.Height}");
    }

    private static void Decode(string path, ImageAnnotations image, List<DatasetDefect> defects)
    {
        try
        {
            _ = ImageFile.Read(path);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            defects.Add(new DatasetDefect(DefectKind.UnreadableImage, image.FileName, error.Message.TrimEnd('.')));
        }
    }

    private static DatasetDefect? Box(ObjectAnnotation item, ImageAnnotations image)
    {
        if (!float.IsFinite(item.X0) || !float.IsFinite(item.Y0) || !float.IsFinite(item.X1) || !float.IsFinite(item.Y1))
        {
            return Of(DefectKind.NotFinite, item, image, "is not made of numbers");
        }

        if (item.X1 <= item.X0 || item.Y1 <= item.Y0)
        {
            return Of(DefectKind.NoArea, item, image, "has no area and is left out of training");
        }

        if (item.X0 >= image.Width || item.Y0 >= image.Height || item.X1 <= 0 || item.Y1 <= 0)
        {
            return Of(DefectKind.OutsideImage, item, image, "lies outside it and is left out of training");
        }

        float beyond = Math.Max(Math.Max(-item.X0, -item.Y0), Math.Max(item.X1 - image.Width, item.Y1 - image.Height));
        return beyond > Overhang ? Of(DefectKind.BeyondEdge, item, image, FormattableString.Invariant($"reaches {beyond:0.#} pixels beyond it and is clipped")) : null;
    }

    private static DatasetDefect Of(DefectKind kind, ObjectAnnotation item, ImageAnnotations image, string what)
        => new(kind, image.FileName, $"the box of annotation {item.Id} on {image.FileName} {what}");
}
