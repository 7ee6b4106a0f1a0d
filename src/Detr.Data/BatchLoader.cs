using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>
/// Makes batches in the background, a few ahead of the consumer. What a batch holds depends on seed, epoch and place
/// alone, never on timing.
/// </summary>
/// <param name="dataset">The photographs.</param>
/// <param name="transforms">Applied to every sample in turn.</param>
/// <param name="batchSize">Images in a batch.</param>
/// <param name="seed">Decides order and augmentation.</param>
public sealed class BatchLoader(IDetectionDataset dataset, IReadOnlyList<ITransform> transforms, int batchSize, ulong seed)
{
    private const int Ahead = 3;

    // How many batches' pictures are sorted by shape together: many, so that neighbours are alike, yet each epoch mixes anew.
    private const int BatchesSorted = 32;

    // Width over height by picture, known after the first epoch was arranged.
    private double[]? _shapes;

    /// <summary>
    /// Whether pictures of similar shape share a batch in training, so that wide and tall ones do not pad each other; on unless
    /// turned off. Which pictures these are, and the order of batches, is still by chance.
    /// </summary>
    public bool GroupsByShape { get; init; } = true;

    /// <summary>Whether objects carry their masks; off unless turned on.</summary>
    public bool WithMasks { get; init; }

    /// <summary>Makes some training pictures of four each, before the transforms; null for none.</summary>
    public Mosaic? Mosaic { get; init; }

    /// <summary>Batches in an epoch of training.</summary>
    public int Batches => dataset.Count / batchSize;

    /// <summary>What a picture is called, for messages.</summary>
    /// <param name="index">Its place in the data set.</param>
    public string NameOf(int index) => dataset.Annotations(index).FileName;

    /// <summary>The batches of one epoch of training, shuffled anew; a last partial batch is left out.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="start">The first batch, from 0, for going on in the middle.</param>
    /// <param name="cancellationToken">Stops the background work.</param>
    /// <exception cref="IOException">A photograph cannot be read.</exception>
    /// <exception cref="InvalidDataException">A photograph is damaged.</exception>
    public IEnumerable<DetectionBatch> Epoch(int epoch, int start = 0, CancellationToken cancellationToken = default)
        => Make(epoch, [.. Arrange(epoch).Skip(start)], Mosaic, cancellationToken);

    /// <summary>The first pictures of an epoch of training as the model meets them, but for their normalisation.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="count">The most pictures.</param>
    /// <exception cref="IOException">A photograph cannot be read.</exception>
    /// <exception cref="InvalidDataException">A photograph is damaged.</exception>
    public IEnumerable<(RgbImage Image, BoxTargets Targets)> Samples(int epoch, int count)
        => Arrange(epoch).SelectMany(batch => batch).Take(count).Select(index => Sample(epoch, index, Mosaic));

    /// <summary>Every photograph once and in order; photographs share a batch only with neighbours of their size, so that nothing is padded.</summary>
    /// <param name="cancellationToken">Stops the background work.</param>
    /// <exception cref="IOException">A photograph cannot be read.</exception>
    /// <exception cref="InvalidDataException">A photograph is damaged.</exception>
    public IEnumerable<DetectionBatch> InOrder(CancellationToken cancellationToken = default) => Make(0, OfOneSize(), null, cancellationToken);

    private IEnumerable<DetectionBatch> Make(int epoch, List<int[]> batches, Mosaic? mosaic, CancellationToken cancellationToken)
    {
        Queue<Task<DetectionBatch>> queue = new();
        for (int next = 0; next < batches.Count || queue.Count > 0;)
        {
            while (next < batches.Count && queue.Count < Ahead)
            {
                int[] indices = batches[next++];
                queue.Enqueue(Task.Run(() => BatchBuilder.Build([.. indices.Select(index => Sample(epoch, index, mosaic))], indices), cancellationToken));
            }

            yield return queue.Dequeue().GetAwaiter().GetResult();
        }
    }

    private List<int[]> OfOneSize()
    {
        List<int[]> batches = [];
        List<int> batch = [];
        for (int i = 0; i < dataset.Count; i++)
        {
            if (batch.Count == batchSize || (batch.Count > 0 && Size(batch[0]) != Size(i)))
            {
                batches.Add([.. batch]);
                batch.Clear();
            }

            batch.Add(i);
        }

        if (batch.Count > 0)
        {
            batches.Add([.. batch]);
        }

        return batches;

        (int, int) Size(int index) => (dataset.Annotations(index).Width, dataset.Annotations(index).Height);
    }

    /// <summary>The pictures of each batch of an epoch, by seed and epoch alone.</summary>
    private int[][] Arrange(int epoch)
    {
        RandomStream random = new(seed + ((ulong)epoch * 0xA0761D6478BD642F));
        int[] order = [.. Enumerable.Range(0, dataset.Count)];
        Shuffle<int>(order, random);
        int[] used = order[..(Batches * batchSize)];
        double[] shapes = _shapes ??= [.. Enumerable.Range(0, dataset.Count).Select(Shape)];
        if (!GroupsByShape || used.Select(index => shapes[index]).Distinct().Take(2).Count() < 2)
        {
            return [.. used.Chunk(batchSize)];
        }

        int[][] batches = [.. used.Chunk(BatchesSorted * batchSize).SelectMany(window => window.OrderBy(index => shapes[index]).Chunk(batchSize))];
        Shuffle<int[]>(batches, random);
        return batches;

        double Shape(int index) => (double)dataset.Annotations(index).Width / dataset.Annotations(index).Height;
    }

    private static void Shuffle<T>(Span<T> items, RandomStream random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private (RgbImage Image, BoxTargets Targets) Sample(int epoch, int index, Mosaic? mosaic)
    {
        RandomStream random = new(seed ^ (((ulong)epoch << 32) + (ulong)index) * 0xE7037ED1A0B428DB);
        random.NextUInt64();
        (RgbImage image, BoxTargets targets) = mosaic is not null && random.NextDouble() < mosaic.Chance
            ? mosaic.Compose([Read(index), .. Enumerable.Range(1, Data.Mosaic.Pictures - 1).Select(_ => Read(random.Next(dataset.Count)))], random)
            : Read(index);
        foreach (ITransform transform in transforms)
        {
            (image, targets) = transform.Apply(image, targets, random);
        }

        return (image, targets);
    }

    private (RgbImage Image, BoxTargets Targets) Read(int index) => (dataset.Load(index), TargetBuilder.Build(dataset.Annotations(index), WithMasks ? MasksOf(index) : null));

    private IReadOnlyList<RunLengthMask> MasksOf(int index)
    {
        try
        {
            return dataset.Masks(index) ?? throw new InvalidDataException("it has none; train without masks, or on data that was annotated with them");
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The masks of {NameOf(index)} cannot be used: {error.Message.TrimEnd('.')}.", error);
        }
    }
}
