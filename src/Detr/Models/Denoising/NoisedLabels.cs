using Detr.Data;

namespace Detr.Models;

/// <summary>Flips the classes of noised objects.</summary>
internal static class NoisedLabels
{
    /// <summary>The class of each object: its own, or with a chance any, by the same odds and perhaps its own again.</summary>
    /// <param name="objects">The objects; all of them are decided upon before the first new class is drawn.</param>
    /// <param name="targets">The objects of each image.</param>
    /// <param name="classes">Classes, without no-object.</param>
    /// <param name="chance">How probable another class is, from 0 to 1.</param>
    /// <param name="random">Gives uniform numbers in [0, 1).</param>
    internal static int[] Draw(NoisedObject[] objects, IReadOnlyList<BoxTargets> targets, int classes, float chance, Func<double> random)
    {
        bool[] changes = Array.ConvertAll(objects, _ => random() < chance);
        return [.. objects.Select((item, i) => changes[i] ? (int)(random() * classes) : targets[item.Image].Labels[item.Object])];
    }
}
