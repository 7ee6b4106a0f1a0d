namespace Detr.Data;

/// <summary>What a split consists of, in figures.</summary>
public sealed record DatasetStatistics
{
    private const int SizesListed = 8;
    private const float SmallLimit = 32 * 32;
    private const float MediumLimit = 96 * 96;

    // Upper ends of ranges: of objects on a photograph, and of a box's width over its height.
    private static readonly int[] ObjectCounts = [0, 1, 2, 4, 8, 16, 32, 64, 128];
    private static readonly (double Below, string Label)[] Ratios =
    [
        (0.25, "under 1:4"), (0.5, "1:4 to 1:2"), (0.8, "1:2 to 4:5"), (1.25, "about square"), (2, "5:4 to 2:1"), (4, "2:1 to 4:1"), (double.PositiveInfinity, "over 4:1"),
    ];

    private DatasetStatistics()
    {
    }

    /// <summary>How many photographs there are.</summary>
    public int Images { get; private init; }

    /// <summary>Photographs with no object, which teach what is background.</summary>
    public int ImagesWithoutObjects { get; private init; }

    /// <summary>Objects that can be trained on: no crowds, with an area inside their photograph.</summary>
    public int Objects { get; private init; }

    /// <summary>Crowds and difficult objects, which are neither trained on nor counted as missed.</summary>
    public int Crowds { get; private init; }

    /// <summary>The most objects on one photograph; a model needs more queries than that.</summary>
    public int MostObjects { get; private init; }

    /// <summary>How often each category is there.</summary>
    public required IReadOnlyList<CategoryCount> Categories { get; init; }

    /// <summary>Photographs by the number of their objects.</summary>
    public required IReadOnlyList<HistogramBin> ObjectsPerImage { get; init; }

    /// <summary>Objects by area, as COCO's evaluator tells them apart: small below 32², medium, large from 96² pixels.</summary>
    public required IReadOnlyList<HistogramBin> ObjectSizes { get; init; }

    /// <summary>Objects by width over height.</summary>
    public required IReadOnlyList<HistogramBin> AspectRatios { get; init; }

    /// <summary>Photographs by size, the commonest first.</summary>
    public required IReadOnlyList<HistogramBin> ImageSizes { get; init; }

    /// <summary>Counts a data set's annotations; no photograph is read.</summary>
    /// <param name="dataset">The data set.</param>
    public static DatasetStatistics Of(IDetectionDataset dataset)
    {
        ImageAnnotations[] images = [.. Enumerable.Range(0, dataset.Count).Select(dataset.Annotations)];
        BoxTargets[] targets = [.. images.Select(TargetBuilder.Build)];
        int[] objects = new int[dataset.Categories.Count], withObject = new int[dataset.Categories.Count];
        foreach (BoxTargets image in targets)
        {
            foreach (int label in image.Labels)
            {
                objects[label]++;
            }

            foreach (int label in image.Labels.Distinct())
            {
                withObject[label]++;
            }
        }

        return new DatasetStatistics
        {
            Images = images.Length,
            ImagesWithoutObjects = targets.Count(image => image.Count == 0),
            Objects = targets.Sum(image => image.Count),
            Crowds = images.Sum(image => image.Objects.Count(item => item.IsCrowd)),
            MostObjects = targets.Length == 0 ? 0 : targets.Max(image => image.Count),
            Categories = [.. dataset.Categories.Select((category, i) => new CategoryCount(category, objects[i], withObject[i]))],
            ObjectsPerImage = Counts([.. targets.Select(image => image.Count)]),
            ObjectSizes = Sizes(images),
            AspectRatios = Shapes(images, targets),
            ImageSizes = Commonest(images),
        };
    }

    private static List<HistogramBin> Counts(int[] perImage)
    {
        List<HistogramBin> bins = [];
        int least = 0;
        foreach (int most in ObjectCounts.Append(int.MaxValue))
        {
            string label = least == most ? $"{most}" : most == int.MaxValue ? $"{least} and more" : $"{least} to {most}";
            bins.Add(new HistogramBin(label, perImage.Count(count => count >= least && count <= most)));
            least = unchecked(most + 1);
        }

        int last = bins.FindLastIndex(bin => bin.Count > 0);
        return bins[..(last + 1)];
    }

    private static List<HistogramBin> Sizes(ImageAnnotations[] images)
    {
        float[] areas = [.. images.SelectMany(image => image.Objects).Where(item => !item.IsCrowd && item.Area > 0).Select(item => item.Area)];
        return
        [
            new HistogramBin("small", areas.Count(area => area < SmallLimit)),
            new HistogramBin("medium", areas.Count(area => area is >= SmallLimit and < MediumLimit)),
            new HistogramBin("large", areas.Count(area => area >= MediumLimit)),
        ];
    }

    private static List<HistogramBin> Shapes(ImageAnnotations[] images, BoxTargets[] targets)
    {
        int[] counts = new int[Ratios.Length];
        for (int i = 0; i < images.Length; i++)
        {
            for (int j = 0; j < targets[i].Count; j++)
            {
                ReadOnlySpan<float> box = targets[i].Box(j);
                double ratio = (double)box[2] * images[i].Width / ((double)box[3] * images[i].Height);
                counts[Array.FindIndex(Ratios, range => ratio < range.Below)]++;
            }
        }

        return [.. Ratios.Select((range, i) => new HistogramBin(range.Label, counts[i]))];
    }

    private static List<HistogramBin> Commonest(ImageAnnotations[] images)
    {
        HistogramBin[] sizes =
        [
            .. images.GroupBy(image => (image.Width, image.Height)).OrderByDescending(same => same.Count()).ThenByDescending(same => same.Key)
                .Select(same => new HistogramBin($"{same.Key.Width} × {same.Key.Height}", same.Count())),
        ];
        return sizes.Length <= SizesListed ? [.. sizes] : [.. sizes[..SizesListed], new HistogramBin($"{sizes.Length - SizesListed} other sizes", sizes[SizesListed..].Sum(size => size.Count))];
    }
}
