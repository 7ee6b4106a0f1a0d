namespace Detr.Imaging;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Where its points lie across; as many as <paramref name="Y"/>.</param>
/// <param name="Y">How high they lie; one that is infinite or not a number leaves a gap.</param>
/// <param name="Color">Its colour.</param>
public sealed record LineSeries(string Name, double[] X, double[] Y, Rgb Color)
{
    /// <summary>Whether it stands behind the others: thin, pale, and not in the legend.</summary>
    public bool IsFaint { get; init; }
}
