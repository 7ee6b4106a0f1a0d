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

    /// <summary>Batches in an epoch of training.</summary>
    public int Batches => dataset.Count / batchSize;

    /// <summary>The batches of one epoch of training, shuffled anew; a last partial batch is left out.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="start">The first batch, from 0, for going on in the middle.</param>
    /// <param name="cancellationToken">Stops the background work.</param>
    /// <exception cref="IOException">A photograph cannot be read.</exception>
    /// <exception cref="InvalidDataException">A photograph is damaged.</exception>
    public IEnumerable<DetectionBatch> Epoch(int epoch, int start = 0, CancellationToken cancellationToken = default)
        => Make(epoch, [.. Shuffle(epoch).Chunk(batchSize).Take(Batches).Skip(start)], cancellationToken);

    /// <summary>Every photograph once and in order; photographs share a batch only with neighbours of their size, so that nothing is padded.</summary>
    /// <param name="cancellationToken">Stops the background work.</param>
    /// <exception cref="IOException">A photograph cannot be read.</exception>
    /// <exception cref="InvalidDataException">A photograph is damaged.</exception>
    public IEnumerable<DetectionBatch> InOrder(CancellationToken cancellationToken = default) => Make(0, OfOneSize(), cancellationToken);

    private IEnumerable<DetectionBatch> Make(int epoch, List<int[]> batches, CancellationToken cancellationToken)
    {
        Queue<Task<DetectionBatch>> queue = new();
        for (int next = 0; next < batches.Count || queue.Count > 0;)
        {
            while (next < batches.Count && queue.Count < Ahead)
            {
                int[] indices = batches[next++];
                queue.Enqueue(Task.Run(() => Make(epoch, indices), cancellationToken));
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

    private int[] Shuffle(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, dataset.Count)];
        RandomStream random = new(seed + ((ulong)epoch * 0xA0761D6478BD642F));
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private DetectionBatch Make(int epoch, int[] indices)
    {
        List<(Imaging.RgbImage, BoxTargets)> samples = [];
        foreach (int index in indices)
        {
            RandomStream random = new(seed ^ (((ulong)epoch << 32) + (ulong)index) * 0xE7037ED1A0B428DB);
            random.NextUInt64();
            (Imaging.RgbImage image, BoxTargets targets) = (dataset.Load(index), TargetBuilder.Build(dataset.Annotations(index)));
            foreach (ITransform transform in transforms)
            {
                (image, targets) = transform.Apply(image, targets, random);
            }

            samples.Add((image, targets));
        }

        return BatchBuilder.Build(samples, indices);
    }
}
