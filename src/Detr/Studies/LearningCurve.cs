namespace Detr.Studies;

/// <summary>How a model learnt: points of its training, in their order. Before the first step it found nothing.</summary>
/// <param name="Steps">Steps done until each.</param>
/// <param name="Seconds">Time that training took until each.</param>
/// <param name="Precisions">Average precision there, from 0 to 1.</param>
public sealed record LearningCurve(IReadOnlyList<double> Steps, IReadOnlyList<double> Seconds, IReadOnlyList<double> Precisions)
{
    /// <summary>The mean of several trainings of the same steps.</summary>
    /// <param name="curves">The trainings; at least one.</param>
    public static LearningCurve Mean(IReadOnlyList<LearningCurve> curves)
    {
        return new LearningCurve(curves[0].Steps, Of(curve => curve.Seconds), Of(curve => curve.Precisions));

        double[] Of(Func<LearningCurve, IReadOnlyList<double>> values) => [.. curves[0].Steps.Select((_, i) => curves.Average(curve => values(curve)[i]))];
    }

    /// <summary>Average precision somewhere between points, on the line that joins them.</summary>
    /// <param name="places">Where the points lie: <see cref="Steps"/> or <see cref="Seconds"/>.</param>
    /// <param name="place">Where, from 0; the last point's precision stands for all that comes after it.</param>
    public double At(IReadOnlyList<double> places, double place)
    {
        (double before, double low) = (0, 0);
        for (int i = 0; i < places.Count; i++)
        {
            if (place < places[i])
            {
                return low + ((Precisions[i] - low) * (place - before) / (places[i] - before));
            }

            (before, low) = (places[i], Precisions[i]);
        }

        return low;
    }

    /// <summary>Where an average precision is first reached, on the lines that join points.</summary>
    /// <param name="places">Where the points lie: <see cref="Steps"/> or <see cref="Seconds"/>.</param>
    /// <param name="precision">The precision.</param>
    /// <returns>Null when it never is.</returns>
    public double? FirstAt(IReadOnlyList<double> places, double precision)
    {
        if (precision <= 0)
        {
            return 0;
        }

        (double before, double low) = (0, 0);
        for (int i = 0; i < places.Count; i++)
        {
            if (Precisions[i] >= precision)
            {
                return before + ((places[i] - before) * (precision - low) / (Precisions[i] - low));
            }

            (before, low) = (places[i], Precisions[i]);
        }

        return null;
    }
}
