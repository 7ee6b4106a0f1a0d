using Detr.Models;

namespace Detr.Studies;

/// <summary>DETR and its successors side by side: how soon each learns, by steps and by time.</summary>
public sealed class ConvergenceStudy : IStudy
{
    /// <summary>An average precision that chance does not come near, so that reaching it says something.</summary>
    internal const double LeastMeasure = 0.03;

    // The maps of 4 and of 8 pixels a cell. All others see the second alone.
    private const int Levels = 2;

    private static readonly (string Name, StudyArm Arm)[] Published =
    [
        ("DETR", Arm(DetrVariant.Detr)),
        ("Conditional DETR", Arm(DetrVariant.ConditionalDetr)),
        ("DAB-DETR", Arm(DetrVariant.DabDetr)),
        ("DN-DETR", Arm(DetrVariant.DnDetr)),
        ("Deformable DETR", Arm(DetrVariant.DeformableDetr)),
        ("DINO", Arm(DetrVariant.Dino)),
    ];

    /// <inheritdoc/>
    public string Name => "convergence";

    /// <inheritdoc/>
    public string Question => "How much sooner than DETR do its successors learn, by steps and by time?";

    /// <inheritdoc/>
    public string Paper =>
        "On COCO with ResNet-50, after 50 epochs DETR has an AP of 34.9 (Meng et al. 2021, table 1; 42.0 after 500), Conditional DETR 41.0, DAB-DETR 42.2, DN-DETR 44.4, Deformable DETR with refined boxes 46.2; DINO has 49.0 after 12 (their authors' programs).";

    /// <inheritdoc/>
    public bool TrainsModels => true;

    /// <inheritdoc/>
    public bool RepeatsTrainings => true;

    /// <summary>All arms, plain DETR first and DETR with helps last.</summary>
    internal static IReadOnlyList<StudyArm> Arms => [.. Published.Select(detector => detector.Arm), StudyArm.Base];

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        return Report([.. Published.Select(detector => Race(detector.Name, detector.Arm))], Race("DETR with helps", StudyArm.Base));

        Racer Race(string name, StudyArm arm)
            => new(name, [.. Enumerable.Range(0, workshop.Seeds).Select(repetition => workshop.Follow(arm with { Repetition = repetition }, cancellationToken))]);
    }

    /// <summary>The result of trainings.</summary>
    /// <param name="published">Plain DETR and its successors, by the average precision that was published.</param>
    /// <param name="helped">DETR with what makes it learn from little.</param>
    internal static StudyResult Report(IReadOnlyList<Racer> published, Racer helped)
    {
        Racer[] all = [.. published, helped];
        Racer plain = published[0];
        double time = all.Min(racer => racer.Seconds);
        StudyTable course = new(
            "AP after so many steps", "steps", [.. all.Select(racer => new StudyColumn(racer.Name))],
            [.. plain.Mean.Steps.Select((steps, i) => new StudyRow(FormattableString.Invariant($"{steps:F0}"), [.. all.Select(racer => (double?)racer.Mean.Precisions[i])]))]);
        return new StudyResult(
            [course, Comparison(all, plain, time)],
            StudyText.IfLearnt(published.Max(racer => racer.Final), new ConvergenceFinding(published, helped, time).Text),
            [
                new("steps", "Average precision over the steps of training", StudyCharts.Race("At equal steps", "steps", all, curve => curve.Steps)),
                new("seconds", "The same over the seconds of training, evaluations left out", StudyCharts.Race("At equal time", "seconds of training", all, curve => curve.Seconds)),
            ]);
    }

    private static StudyTable Comparison(Racer[] all, Racer plain, double time)
    {
        bool isRepeated = plain.Runs.Count > 1;
        return new StudyTable(
            FormattableString.Invariant($"Beside plain DETR, which ends with an AP of {plain.Final:F3} after {plain.Steps:F0} steps"), "detector",
            [
                new("AP"), .. isRepeated ? [new("lowest AP"), new StudyColumn("highest AP")] : Array.Empty<StudyColumn>(), new("mean AP of the tenths"),
                new(FormattableString.Invariant($"AP after {time:F0} s")), new("ms a step", "F0"),
                new("steps to plain DETR's AP", "N0"), new("share of its steps", "P0"), new("seconds to it", "F0"), new("share of its seconds", "P0"),
            ],
            [.. all.Select(Row)]);

        StudyRow Row(Racer racer)
        {
            LearningCurve mean = racer.Mean;
            double[] ends = [.. racer.Runs.Select(run => run.Precisions[^1])];

            // What chance finds is soon reached by everybody.
            bool isMeasure = plain.Final >= LeastMeasure;
            double? steps = isMeasure ? mean.FirstAt(mean.Steps, plain.Final) : null, seconds = isMeasure ? mean.FirstAt(mean.Seconds, plain.Final) : null;
            return new StudyRow(
                racer.Name,
                [
                    racer.Final, .. isRepeated ? [ends.Min(), ends.Max()] : Array.Empty<double?>(), mean.Precisions.Average(),
                    mean.At(mean.Seconds, time), 1000 * racer.Seconds / racer.Steps, steps, steps / plain.Steps, seconds, seconds / plain.Seconds,
                ]);
        }
    }

    // All that is not the detector's own is the base's: backbone, channels, heads, layers, queries, pictures, rates and their schedule.
    private static StudyArm Arm(DetrVariant variant) => new($"convergence-{DetrPresets.NameOf(variant)}")
    {
        Model = options => options with
        {
            Variant = variant,
            Transformer = options.Transformer with { PositionAt = PositionPlacement.Attention },
            SinePosition = DetrPresets.Published(variant).SinePosition,
            Deformable = new DeformableOptions { Levels = Levels, BoxRefinement = variant == DetrVariant.DeformableDetr },
        },
        Criterion = _ => CriterionOptions.Of(variant),
        KeepsHistory = true,
    };
}
