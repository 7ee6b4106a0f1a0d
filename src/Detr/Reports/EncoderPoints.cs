using Detr.Explain;
using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Reports;

/// <summary>
/// Sees the encoder's self-attention of a pass and keeps it, mean of the heads, for a page on which points of the picture are picked. With n
/// cells a layer has n² numbers; the page has room for a limit of bytes, and where not all layers fit, the last ones are shown.
/// </summary>
public sealed class EncoderPoints : IAttentionObserver
{
    /// <summary>3 MiB.</summary>
    public const long DefaultPageLimit = 3L << 20;

    // A byte for each pair of cells, packed by the page's writer and unpacked by its reader: 8192 cells.
    private const long MostPairs = 1L << 26;

    private readonly SortedDictionary<int, PackedAttention> _layers = [];
    private readonly long _pageLimit;

    /// <summary>Begins with nothing seen.</summary>
    /// <param name="placement">Where the cells lie on the picture.</param>
    /// <param name="pageLimit">The most bytes that the page may grow by.</param>
    public EncoderPoints(MapPlacement placement, long pageLimit = DefaultPageLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pageLimit);
        (Placement, _pageLimit) = (placement, pageLimit);
    }

    /// <summary>Where the cells lie on the picture.</summary>
    public MapPlacement Placement { get; }

    /// <summary>How many encoder layers there were.</summary>
    public int LayersSeen { get; private set; }

    /// <summary>The layers that the page has room for, the first of them first.</summary>
    public IReadOnlyList<int> Layers => [.. Shown.Select(layer => layer.Layer)];

    /// <summary>The same, packed.</summary>
    internal IReadOnlyList<PackedAttention> Shown
    {
        get
        {
            long room = _pageLimit;
            return [.. _layers.Values.Reverse().TakeWhile(layer => (room -= Bytes(layer)) >= 0).Reverse()];
        }
    }

    /// <summary>What the page may grow by, as people say it.</summary>
    internal string PageLimit => FormattableString.Invariant($"{_pageLimit / (double)(1 << 20):0.##} MiB");

    /// <inheritdoc/>
    public bool Wants(string name, in AttentionShape shape)
    {
        if (AttentionPlace.Find(name) is not { Kind: AttentionKind.EncoderSelf } place)
        {
            return false;
        }

        LayersSeen = Math.Max(LayersSeen, place.Layer + 1);
        return (long)shape.Queries * shape.Keys <= MostPairs;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The attention is not among the placement's cells, or of more than one picture.</exception>
    public void Observe(string name, Tensor probabilities)
    {
        AttentionPlace place = AttentionPlace.Find(name)!.Value;
        int cells = Placement.Rows * Placement.Columns;
        if (probabilities.Shape[0] != 1 || probabilities.Shape[2] != cells || probabilities.Shape[3] != cells)
        {
            throw new ArgumentException($"An attention of shape {probabilities.Shape} is not one among {Placement.Rows} × {Placement.Columns} cells of one picture.", nameof(probabilities));
        }

        AttentionCapture mean = new(_ => true, memoryLimit: long.MaxValue);
        mean.Observe(name, probabilities);
        _layers[place.Layer] = PackedAttention.Of(place.Layer, mean.Mean(place), Placement);
    }

    /// <summary>Base64 has four characters for three bytes.</summary>
    private static long Bytes(PackedAttention layer) => 4 * ((layer.Levels.Length + (sizeof(float) * (long)layer.Largest.Length)) / 3);
}
