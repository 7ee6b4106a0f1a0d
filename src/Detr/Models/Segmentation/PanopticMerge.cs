using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// From masks that overlap to a picture cut into segments (Carion et al. 2020, section 4.4): each pixel goes to the mask with the highest
/// logit there, masks of one sort of stuff become one segment, and segments of a few pixels are dropped, whose pixels then go to the
/// next best.
/// </summary>
/// <remarks>
/// As in the paper, stuff is merged before areas are measured. The reference's program drops a stuff mask's pixels again when another
/// segment of the picture is dropped; here they stay with their stuff.
/// </remarks>
public static class PanopticMerge
{
    /// <summary>The score that a query's class has to exceed.</summary>
    public const float UsualThreshold = 0.85f;

    /// <summary>Segments of no more pixels than this are dropped.</summary>
    public const int LargestDropped = 4;

    /// <summary>Segments an image of a batch: the queries that are sure of something go through the mask head, and their masks are merged.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="head">The mask head.</param>
    /// <param name="output">The detector's predictions, with what masks are made from.</param>
    /// <param name="image">Which image of the batch; its pixels fill the batch's rectangle.</param>
    /// <param name="categories">Names and numbers by class, and which are things.</param>
    /// <param name="threshold">The score that a query has to exceed.</param>
    /// <param name="width">Pixels in a row of the picture that is to be segmented.</param>
    /// <param name="height">Its rows.</param>
    public static PanopticSegmentation Run(
        ForwardContext context, MaskHead head, DetrOutput output, int image, IReadOnlyList<Category> categories, float threshold, int width, int height)
    {
        IReadOnlyList<MaskCandidate> candidates = MaskCandidate.Find(output, image, categories, threshold);
        if (candidates.Count == 0)
        {
            return PanopticSegmentation.Create(new PanopticMap(width, height), []);
        }

        using Scope scope = context.Scope();
        Tensor masks = head.Forward(context, output.Masks!, image, [.. candidates.Select(candidate => candidate.Query)]);
        return Run(masks.AsSpan(), masks.Shape[1], masks.Shape[2], candidates, width, height);
    }

    /// <summary>Merges a picture's masks.</summary>
    /// <param name="masks">Logits, [candidates, mask height, mask width], of the whole picture.</param>
    /// <param name="maskHeight">Rows of the logits.</param>
    /// <param name="maskWidth">Columns of the logits.</param>
    /// <param name="candidates">What each mask is of.</param>
    /// <param name="width">Pixels in a row of the picture.</param>
    /// <param name="height">Its rows.</param>
    /// <returns>Segments numbered from 1, in the order of their first masks; none, and all pixels void, where there is no candidate.</returns>
    /// <exception cref="ArgumentException">There are not as many masks as candidates.</exception>
    public static PanopticSegmentation Run(ReadOnlySpan<float> masks, int maskHeight, int maskWidth, IReadOnlyList<MaskCandidate> candidates, int width, int height)
    {
        int pixels = maskHeight * maskWidth;
        if (masks.Length != (long)pixels * candidates.Count)
        {
            throw new ArgumentException($"{masks.Length} logits are not {candidates.Count} masks of {maskHeight} × {maskWidth}.", nameof(masks));
        }

        PanopticMap map = new(width, height);
        int[] groups = Groups(candidates);
        MaskSampler sampler = new(maskHeight, maskWidth, height, width);
        if (candidates.Count > 0)
        {
            Fill(masks, pixels, groups, sampler, map);
        }

        DropSmall(masks, pixels, groups, sampler, map);
        int[] ids = new int[candidates.Count + 1];
        List<PanopticSegment> segments = [];
        for (int i = 0; i < candidates.Count; i++)
        {
            if (groups[i] == i + 1)
            {
                ids[i + 1] = segments.Count + 1;
                float score = candidates.Where((_, other) => groups[other] == i + 1).Max(candidate => candidate.Score);
                segments.Add(new PanopticSegment(segments.Count + 1, candidates[i].Category.Id) { Score = score });
            }
        }

        foreach (ref int id in map.Ids.AsSpan())
        {
            id = ids[id];
        }

        return PanopticSegmentation.Create(map, segments);
    }

    /// <summary>The segment of each mask, numbered by its first mask from 1: things have one each, sorts of stuff share one.</summary>
    private static int[] Groups(IReadOnlyList<MaskCandidate> candidates)
    {
        Dictionary<int, int> stuff = [];
        int[] groups = new int[candidates.Count];
        for (int i = 0; i < groups.Length; i++)
        {
            Category category = candidates[i].Category;
            groups[i] = category.IsThing || stuff.TryAdd(category.Id, i + 1) ? i + 1 : stuff[category.Id];
        }

        return groups;
    }

    private static void Fill(ReadOnlySpan<float> masks, int pixels, int[] groups, MaskSampler sampler, PanopticMap map)
    {
        float[] logits = new float[map.Width], best = new float[map.Width];
        for (int y = 0; y < map.Height; y++)
        {
            Span<int> row = map.Row(y);
            best.AsSpan().Fill(float.NegativeInfinity);
            row.Fill(groups[0]);
            for (int mask = 0; mask < groups.Length; mask++)
            {
                sampler.Row(masks.Slice(mask * pixels, pixels), y, logits);
                for (int x = 0; x < logits.Length; x++)
                {
                    if (logits[x] > best[x])
                    {
                        (best[x], row[x]) = (logits[x], groups[mask]);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Drops small segments until none is left; a dropped one's masks have group 0 afterwards. Only its own pixels change hands, for a mask
    /// that won among more won among fewer, too.
    /// </summary>
    private static void DropSmall(ReadOnlySpan<float> masks, int pixels, int[] groups, MaskSampler sampler, PanopticMap map)
    {
        int[] areas = new int[groups.Length + 1];
        foreach (int group in map.Ids)
        {
            areas[group]++;
        }

        while (Array.Exists(groups, group => group > 0 && areas[group] <= LargestDropped))
        {
            HashSet<int> dropped = [.. groups.Where(group => group > 0 && areas[group] <= LargestDropped)];
            for (int mask = 0; mask < groups.Length; mask++)
            {
                groups[mask] = dropped.Contains(groups[mask]) ? 0 : groups[mask];
            }

            for (int place = 0; place < map.Ids.Length; place++)
            {
                if (dropped.Contains(map.Ids[place]))
                {
                    int next = Best(masks, pixels, groups, sampler, place / map.Width, place % map.Width);
                    map.Ids[place] = next;
                    areas[next]++;
                }
            }
        }
    }

    /// <summary>The segment with the highest logit at a pixel; 0 where none is left.</summary>
    private static int Best(ReadOnlySpan<float> masks, int pixels, int[] groups, MaskSampler sampler, int y, int x)
    {
        (int group, float best) = (0, float.NegativeInfinity);
        for (int mask = 0; mask < groups.Length; mask++)
        {
            if (groups[mask] > 0 && sampler.At(masks.Slice(mask * pixels, pixels), y, x) is var logit && (logit > best || group == 0))
            {
                (group, best) = (groups[mask], logit);
            }
        }

        return group;
    }
}
