using Detr.Data;

namespace Detr.Models;

/// <summary>
/// DN-DETR's rule (Li et al. 2022, sections 3.3 and 3.4): every object comes once in each of several groups, with its box moved and
/// resized a little and perhaps another class, and is to be restored.
/// </summary>
/// <remarks>
/// Object n of its image takes slot n of every group, and the image with most objects says how many slots a group has. Draws come in
/// the order group, image, object: all that decide whether a class changes, then new classes, then four numbers a box.
/// </remarks>
public sealed record ObjectDenoising : IDenoisingRule
{
    /// <summary>How many copies of each object there are.</summary>
    public int Groups { get; init; } = 5;

    /// <summary>How probable another class is, from 0 to 1.</summary>
    public float LabelNoise { get; init; } = 0.2f;

    /// <summary>How far boxes move: the centre by up to this share of half a side, sides by up to this share of themselves.</summary>
    public float BoxNoise { get; init; } = 0.4f;

    /// <inheritdoc/>
    public DenoisingQueries? Make(IReadOnlyList<BoxTargets> targets, int classes, Func<double> random)
    {
        int most = targets.Select(target => target.Count).DefaultIfEmpty().Max();
        if (most == 0)
        {
            return null;
        }

        NoisedObject[] objects =
        [
            .. from repetition in Enumerable.Range(0, Groups)
               from image in Enumerable.Range(0, targets.Count)
               from item in Enumerable.Range(0, targets[image].Count)
               select new NoisedObject(image, (repetition * most) + item, item),
        ];
        int[] labels = NoisedLabels.Draw(objects, targets, classes, LabelNoise, random);
        float[] boxes = new float[objects.Length * 4];
        for (int i = 0; i < objects.Length; i++)
        {
            ReadOnlySpan<float> box = targets[objects[i].Image].Box(objects[i].Object);
            for (int k = 0; k < 4; k++)
            {
                float reach = k < 2 ? box[k + 2] / 2 : box[k];
                boxes[(4 * i) + k] = box[k] + ((((float)random() * 2) - 1) * reach * BoxNoise);
            }
        }

        return DenoisingQueries.Create(targets.Count, Groups, most, isContrastive: false, objects, labels, boxes);
    }
}
