using System.Collections.Concurrent;
using Detr.Imaging;

namespace Detr.Data;

/// <summary>Keeps decoded photographs in memory up to a limit, so that small data sets are decoded once and not every epoch.</summary>
/// <param name="dataset">The photographs.</param>
/// <param name="mostBytes">How much memory the pixels may take.</param>
public sealed class CachedDataset(IDetectionDataset dataset, long mostBytes) : IDetectionDataset
{
    private const long MostUsually = 1L << 30;
    private const int ShareOfMemory = 8;

    private readonly ConcurrentDictionary<int, RgbImage> _kept = new();
    private long _bytes;

    /// <summary>A limit for <c>mostBytes</c> that leaves room to train: a gibibyte, or an eighth of the memory that this process may use.</summary>
    public static long UsualLimit => Math.Min(MostUsually, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory);

    /// <inheritdoc/>
    public int Count => dataset.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories => dataset.Categories;

    /// <inheritdoc/>
    public IReadOnlyList<DatasetDefect> Defects => dataset.Defects;

    /// <summary>How much memory the kept pixels take.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index) => dataset.Annotations(index);

    /// <inheritdoc/>
    public IReadOnlyList<RunLengthMask>? Masks(int index) => dataset.Masks(index);

    /// <inheritdoc/>
    public string? FilePath(int index) => dataset.FilePath(index);

    /// <inheritdoc/>
    public RgbImage Load(int index)
    {
        if (_kept.TryGetValue(index, out RgbImage? kept))
        {
            return kept;
        }

        RgbImage image = dataset.Load(index);
        long bytes = 3L * image.Width * image.Height;
        if (Interlocked.Add(ref _bytes, bytes) > mostBytes || !_kept.TryAdd(index, image))
        {
            Interlocked.Add(ref _bytes, -bytes);
        }

        return image;
    }
}
