using Detr.Tensors;

namespace Detr.Data;

/// <summary>
/// Shuffles a data set and makes batches in the background, a few ahead of the consumer. What a batch holds depends on
/// seed, epoch and place alone, never on timing.
/// </summary>
/// <param name="dataset">The photographs.</param>
/// <param name="transforms">Applied to every sample in turn.</param>
/// <param name="batchSize">Images in a batch; a last partial batch is left out.</param>
/// <param name="seed">Decides order and augmentation.</param>
public sealed class BatchLoader(IDetectionDataset dataset, IReadOnlyList<ITransform> transforms, int batchSize, ulong seed)
{
    private const int Ahead = 3;

    /// <summary>Batches in an epoch.</summary>
    public int Batches => dataset.Count / batchSize;

    /// <summary>The batches of one epoch, in its own order.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="cancellationToken">Stops the background work.</param>
    public IEnumerable<DetectionBatch> Epoch(int epoch, CancellationToken cancellationToken = default)
    {
        int[] order = Shuffle(epoch);
        Queue<Task<DetectionBatch>> queue = new();
        int next = 0;
        while (next < Batches || queue.Count > 0)
        {
            while (next < Batches && queue.Count < Ahead)
            {
                int[] indices = order.AsSpan(next * batchSize, batchSize).ToArray();
                queue.Enqueue(Task.Run(() => Make(epoch, indices), cancellationToken));
                next++;
            }

            yield return queue.Dequeue().GetAwaiter().GetResult();
        }
    }

    private int[] Shuffle(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, dataset.Count)];
        RandomStream random = new(seed + ((ulong)epoch * 0xA0761D6478BD642F));
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = (int)(random.NextDouble() * (i + 1));
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
