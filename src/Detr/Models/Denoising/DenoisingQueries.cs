using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Queries that begin as noised objects and stand before the matched ones in a training step (Li et al. 2022). Each image has as many slots;
/// what its objects do not fill stays empty.
/// </summary>
public sealed class DenoisingQueries
{
    /// <summary>The label of a slot without an object.</summary>
    public const int Empty = -1;

    // Keeps logits of 0 and 1 finite, as the references have it.
    private const float Least = 1e-3f;

    private readonly int[] _labels;
    private readonly int[] _objects;
    private readonly float[] _boxes;

    private DenoisingQueries(int images, int groups, int groupSize, bool isContrastive)
    {
        (Images, Groups, GroupSize, IsContrastive) = (images, groups, groupSize, isContrastive);
        (_labels, _objects, _boxes) = (new int[images * Slots], new int[images * Slots], new float[images * Slots * 4]);
        _labels.AsSpan().Fill(Empty);
        _objects.AsSpan().Fill(Empty);
    }

    /// <summary>Images of the batch.</summary>
    public int Images { get; }

    /// <summary>Groups that do not see each other.</summary>
    public int Groups { get; }

    /// <summary>Slots of a group.</summary>
    public int GroupSize { get; }

    /// <summary>Slots of an image.</summary>
    public int Slots => Groups * GroupSize;

    /// <summary>Whether slots without an object to restore are to say that there is none (DINO); otherwise they learn nothing.</summary>
    public bool IsContrastive { get; }

    /// <summary>[images, slots]: the class that a slot begins as, perhaps not its object's; <see cref="Empty"/> where there is no object.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>[images, slots]: the number of the object in its image that the slot is to restore; <see cref="Empty"/> where there is none, or it is to be rejected.</summary>
    public IReadOnlyList<int> Objects => _objects;

    /// <summary>[images, slots, 4]: the boxes that slots begin as, centre x and y, width and height, as logits: their sigmoids are from 0 to 1. Those of empty slots are 0.</summary>
    public ReadOnlySpan<float> Boxes => _boxes;

    /// <summary>The boxes as a tensor, [images, slots, 4].</summary>
    /// <param name="context">The pass.</param>
    public Tensor UploadBoxes(ForwardContext context) => context.Upload([Images, Slots, 4], _boxes);

    /// <summary>
    /// What keeps answers from leaking: added to the scores of self-attention it hides groups from each other and all of them from matched queries,
    /// which every slot sees.
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="queries">Matched queries, which stand behind the slots.</param>
    /// <returns>[slots + queries, slots + queries]: 0, or −∞ where a row may not see a column.</returns>
    public Tensor AttentionBias(ForwardContext context, int queries)
    {
        int size = Slots + queries;
        float[] bias = new float[size * size];
        for (int row = 0; row < size; row++)
        {
            Span<float> seen = bias.AsSpan(row * size, Slots);
            (int first, int last) = row < Slots ? (row / GroupSize * GroupSize, ((row / GroupSize) + 1) * GroupSize) : (0, 0);
            seen[..first].Fill(float.NegativeInfinity);
            seen[last..].Fill(float.NegativeInfinity);
        }

        return context.Upload([size, size], bias);
    }

    /// <summary>Puts noised objects into their slots.</summary>
    /// <param name="images">Images of the batch.</param>
    /// <param name="groups">Groups that do not see each other.</param>
    /// <param name="groupSize">Slots of a group.</param>
    /// <param name="isContrastive">Whether slots without an object to restore are to say that there is none.</param>
    /// <param name="noised">The objects.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="boxes">The box of each: centre x and y, width and height.</param>
    internal static DenoisingQueries Create(
        int images, int groups, int groupSize, bool isContrastive, NoisedObject[] noised, int[] labels, ReadOnlySpan<float> boxes)
    {
        DenoisingQueries queries = new(images, groups, groupSize, isContrastive);
        for (int i = 0; i < noised.Length; i++)
        {
            int slot = (noised[i].Image * queries.Slots) + noised[i].Slot;
            queries._labels[slot] = labels[i];
            queries._objects[slot] = noised[i].IsNegative ? Empty : noised[i].Object;
            for (int k = 0; k < 4; k++)
            {
                float side = Math.Clamp(boxes[(4 * i) + k], 0, 1);
                queries._boxes[(4 * slot) + k] = MathF.Log(Math.Max(side, Least) / Math.Max(1 - side, Least));
            }
        }

        return queries;
    }
}
