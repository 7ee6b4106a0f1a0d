using Detr.Data;

namespace Detr.Models;

/// <summary>
/// DINO's rule (Zhang et al. 2022, section 3.3): every object comes twice in each of several groups, once near enough to be restored
/// and once further off, to be rejected; so queries learn not to answer where another does better.
/// </summary>
/// <remarks>
/// A group has two slots for each object of the image with most: object n takes slot n for the copy that is restored, and the one as many
/// slots on as that image has objects for the other. There are as many groups as keep that image within <see cref="Pairs"/> pairs. Draws come
/// in the order group, near or far, image, object: all that decide whether a class changes, then new classes, then a sign for each corner's
/// coordinate, then how far it moves.
/// </remarks>
public sealed record ContrastiveDenoising : IDenoisingRule
{
    /// <summary>The most pairs of an image, where its objects leave room for more than one group.</summary>
    public int Pairs { get; init; } = 100;

    /// <summary>How probable another class is, from 0 to 1.</summary>
    public float LabelNoise { get; init; } = 0.25f;

    /// <summary>How far a box's edges move, in half sides: up to so much where it is restored, from so much to twice as much where it is rejected.</summary>
    public float BoxNoise { get; init; } = 0.4f;

    /// <inheritdoc/>
    public DenoisingQueries? Make(IReadOnlyList<BoxTargets> targets, int classes, Func<double> random)
    {
        int most = targets.Select(target => target.Count).DefaultIfEmpty().Max();
        if (most == 0)
        {
            return null;
        }

        int groups = Math.Max(1, Pairs / most);
        NoisedObject[] objects =
        [
            .. from repetition in Enumerable.Range(0, groups)
               from isNegative in (bool[])[false, true]
               from image in Enumerable.Range(0, targets.Count)
               from item in Enumerable.Range(0, targets[image].Count)
               select new NoisedObject(image, (repetition * 2 * most) + (isNegative ? most : 0) + item, item, isNegative),
        ];
        int[] labels = NoisedLabels.Draw(objects, targets, classes, LabelNoise, random);
        float[] signs = new float[objects.Length * 4], boxes = new float[objects.Length * 4];
        for (int i = 0; i < signs.Length; i++)
        {
            signs[i] = random() < 0.5 ? -1 : 1;
        }

        Span<float> corners = stackalloc float[4];
        for (int i = 0; i < objects.Length; i++)
        {
            ReadOnlySpan<float> box = targets[objects[i].Image].Box(objects[i].Object);
            (corners[0], corners[1], corners[2], corners[3]) = BoxMath.Corners(box);
            for (int k = 0; k < 4; k++)
            {
                float share = (float)random() + (objects[i].IsNegative ? 1 : 0);
                corners[k] = Math.Clamp(corners[k] + (signs[(4 * i) + k] * share * (box[2 + (k % 2)] / 2) * BoxNoise), 0, 1);
            }

            for (int axis = 0; axis < 2; axis++)
            {
                boxes[(4 * i) + axis] = (corners[axis] + corners[axis + 2]) / 2;
                boxes[(4 * i) + axis + 2] = corners[axis + 2] - corners[axis];
            }
        }

        return DenoisingQueries.Create(targets.Count, groups, 2 * most, isContrastive: true, objects, labels, boxes);
    }
}
