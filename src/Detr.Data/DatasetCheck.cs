using Detr.Imaging;

namespace Detr.Data;

/// <summary>Looks a data set through before hours are spent on it.</summary>
public static class DatasetCheck
{
    /// <summary>Finds what is wrong, by photograph and annotation. Of a photograph only the header is read.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="progress">Hears how many photographs are done.</param>
    /// <param name="cancellationToken">Stops between two photographs.</param>
    public static IReadOnlyList<DatasetDefect> Run(IDetectionDataset dataset, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        List<DatasetDefect> defects = [];
        for (int i = 0; i < dataset.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageAnnotations image = dataset.Annotations(i);
            if (dataset.FilePath(i) is { } path && File(path, image) is { } defect)
            {
                defects.Add(defect);
            }

            defects.AddRange(image.Objects.Select(item => Box(item, image)).OfType<DatasetDefect>());
            progress?.Invoke(i + 1);
        }

        return defects;
    }

    private static DatasetDefect? File(string path, ImageAnnotations image)
    {
        if (!System.IO.File.Exists(path))
        {
            return new DatasetDefect(DefectKind.MissingImage, image.FileName, $"There is no {path}");
        }

        try
        {
            ImageInfo info = ImageFile.Identify(path);
            return info.Width == image.Width && info.Height == image.Height
                ? null
                : new DatasetDefect(DefectKind.WrongSize, image.FileName, $"{path} has {info.Width} × {info.Height} pixels, but its annotations say {image.Width} × {image.Height}");
        }
        catch (InvalidDataException error)
        {
            return new DatasetDefect(DefectKind.UnreadableImage, image.FileName, error.Message.TrimEnd('.'));
        }
    }

    private static DatasetDefect? Box(ObjectAnnotation item, ImageAnnotations image)
    {
        string where = $"the box of annotation {item.Id} on {image.FileName}";
        if (!float.IsFinite(item.X0) || !float.IsFinite(item.Y0) || !float.IsFinite(item.X1) || !float.IsFinite(item.Y1))
        {
            return new DatasetDefect(DefectKind.NotFinite, image.FileName, $"{where} is not made of numbers");
        }

        if (item.X1 <= item.X0 || item.Y1 <= item.Y0)
        {
            return new DatasetDefect(DefectKind.NoArea, image.FileName, $"{where} has no area");
        }

        return item.X0 >= image.Width || item.Y0 >= image.Height || item.X1 <= 0 || item.Y1 <= 0
            ? new DatasetDefect(DefectKind.OutsideImage, image.FileName, $"{where} lies outside it")
            : null;
    }
}
