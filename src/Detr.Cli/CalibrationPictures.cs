using Detr.Data;
using Detr.Imaging;

namespace Detr.Cli;

/// <summary>What <c>--calibrate</c> names: pictures like those that a model will see, or generated scenes.</summary>
internal sealed class CalibrationPictures
{
    /// <summary>The most pictures that are looked at.</summary>
    internal const int Most = 64;

    private readonly IReadOnlyList<Func<RgbImage>> _pictures;

    private CalibrationPictures(IReadOnlyList<Func<RgbImage>> pictures) => _pictures = pictures;

    internal int Count => _pictures.Count;

    /// <summary>Finds the pictures; of many, some from all over the list.</summary>
    /// <param name="name">A file, a folder, a pattern, or the name of generated scenes.</param>
    /// <exception cref="InputException">There are none.</exception>
    internal static CalibrationPictures Find(string name)
    {
        if (GeneratedData.IsName(name))
        {
            ShapesDataset scenes = GeneratedData.Open(name, "train", Most, DataArguments.DefaultSceneSize);
            return new CalibrationPictures([.. Enumerable.Range(0, Most).Select(index => (Func<RgbImage>)(() => scenes.Load(index)))]);
        }

        IReadOnlyList<string> files = InputFiles.Expand([name]);
        int count = Math.Min(Most, files.Count);
        return new CalibrationPictures([.. Enumerable.Range(0, count).Select(index => files[(int)((long)index * files.Count / count)]).Select(file => (Func<RgbImage>)(() => ImageFile.Read(file)))]);
    }

    internal IEnumerable<RgbImage> Load() => _pictures.Select(picture => picture());
}
