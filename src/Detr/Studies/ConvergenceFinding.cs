namespace Detr.Studies;

/// <summary>What learning curves of DETR and its successors say.</summary>
/// <param name="published">Plain DETR and its successors, by the average precision that was published.</param>
/// <param name="helped">DETR with what makes it learn from little.</param>
/// <param name="time">Seconds that all of them were trained for.</param>
internal sealed class ConvergenceFinding(IReadOnlyList<Racer> published, Racer helped, double time)
{
    // Who needs no more of plain DETR's steps than this learns far sooner.
    private const double FarSooner = 0.5;

    // What may be missing here where a detector is no better than the one before it.
    private static readonly Dictionary<string, string> Suspicions = new(StringComparer.Ordinal)
    {
        ["DAB-DETR"] = "anchors have fewer layers to move in than the six of the paper, and objects of fewer sizes to fit",
        ["DN-DETR"] = "denoising settles an unstable matching, and scenes of at most seven objects leave less to settle",
        ["Deformable DETR"] = "its gain is large maps that dense attention cannot afford, while here dense attention sees every cell of a small scene; and where it looks is learnt at a tenth of the rate, as published, for few steps",
        ["DINO"] = "its queries begin at what cells propose, these have to learn that first, and twenty chosen ones leave little room for two that name one object",
    };

    private readonly Racer _plain = published[0];
    private readonly Racer[] _successors = [.. published.Skip(1)];

    /// <summary>The paragraph.</summary>
    internal string Text => string.Join(' ', Speed(), AtEqualSteps(), AtEqualTime(), WithHelps());

    private string Speed()
    {
        if (_plain.Final < ConvergenceStudy.LeastMeasure)
        {
            Racer[] learnt = [.. _successors.Where(racer => StudyText.HasLearnt(racer.Final))];
            return FormattableString.Invariant(
                $"Plain DETR has hardly left its plateau after {_plain.Steps:F0} steps (AP {StudyText.Points(_plain.Final)}), so how many times sooner others learn has no number yet; {Names(learnt)} {(learnt.Length == 1 ? "has" : "have")} left it by then, {(learnt.Length == _successors.Length ? "all far sooner, as published" : $"{Names(_successors.Except(learnt))} not")}.");
        }

        (Racer Racer, double? Steps, double? Seconds)[] reached =
        [
            .. _successors.Select(racer => (racer, racer.Mean.FirstAt(racer.Mean.Steps, _plain.Final) / _plain.Steps, racer.Mean.FirstAt(racer.Mean.Seconds, _plain.Final) / _plain.Seconds)),
        ];
        string[] said =
        [
            .. reached.Select(one => one.Steps is { } steps
                ? FormattableString.Invariant($"{one.Racer.Name} after {100 * steps:F0} % of its steps and {100 * (one.Seconds ?? 0):F0} % of its time")
                : $"{one.Racer.Name} never"),
        ];
        Racer[] slow = [.. reached.Where(one => !(one.Steps <= FarSooner)).Select(one => one.Racer)];
        string verdict = slow.Length == 0 ? "all far sooner, as published"
            : slow.Length == _successors.Length ? "none in less than half of its steps, unlike the published ones"
            : $"all far sooner, as published, but {Names(slow)}";
        string plain = StudyText.HasLearnt(_plain.Final)
            ? "Plain DETR's final AP of"
            : FormattableString.Invariant($"Plain DETR has hardly left its plateau after {_plain.Steps:F0} steps; its final AP of");
        return $"{plain} {StudyText.Points(_plain.Final)} is reached by {StudyText.List(said)}: {verdict}.";
    }

    private string AtEqualSteps()
    {
        (Racer Before, Racer After)[] pairs = [.. _successors.Zip(_successors.Skip(1))];
        (Racer Before, Racer After)[] reversed = [.. pairs.Where(pair => pair.After.Final - pair.Before.Final <= -StudyText.Noise)];
        (Racer Before, Racer After)[] alike = [.. pairs.Except(reversed).Where(pair => pair.After.Final - pair.Before.Final < StudyText.Noise)];
        string order = string.Join(" < ", _successors.Select(racer => racer.Name));
        string verdict = (reversed.Length, alike.Length) switch
        {
            (0, 0) => $"the published order, {order}, holds",
            (0, var few) when few == pairs.Length => $"of the published order, {order}, nothing shows: all are too close",
            (0, _) => $"the published order, {order}, holds but for what is too close to tell: {Pairs(alike)}",
            _ => $"the published order, {order}, does not hold: {StudyText.List([.. reversed.Select(pair => $"{pair.After.Name} is {StudyText.Points(pair.Before.Final - pair.After.Final)} points behind {pair.Before.Name}")])}{(alike.Length > 0 ? $" (too close to tell: {Pairs(alike)})" : string.Empty)}",
        };
        string reasons = string.Concat(reversed.Where(pair => Suspicions.ContainsKey(pair.After.Name)).Select(pair => $" A reason to suspect for {pair.After.Name}: {Suspicions[pair.After.Name]}."));
        return FormattableString.Invariant($"At equal steps AP is {Ranking(racer => racer.Final)}; {verdict}.{reasons}");
    }

    private string AtEqualTime()
    {
        string[] bySteps = Ranked(racer => racer.Final), byTime = Ranked(Precision);
        Racer slowest = published.MaxBy(racer => racer.Seconds)!;
        return FormattableString.Invariant(
            $"At equal time, {time:F0} seconds, it is {Ranking(Precision)}, {(bySteps.SequenceEqual(byTime, StringComparer.Ordinal) ? "the same order" : "another order")}: a step of {slowest.Name} takes {slowest.Seconds / _plain.Seconds:F1} times plain DETR's.");

        double Precision(Racer racer) => racer.Mean.At(racer.Mean.Seconds, time);
    }

    private string WithHelps()
    {
        Racer best = _successors.MaxBy(racer => racer.Final)!;
        double lead = helped.Final - best.Final;
        string beside = lead >= StudyText.Noise ? "more than" : lead <= -StudyText.Noise ? "less than" : "as much as";
        return $"Plain DETR here has none of what makes DETR learn from little; with a loss on the encoder's cells and positions of shorter waves, in the values too, DETR ends with {StudyText.Points(helped.Final)}, {beside} the best successor ({best.Name}, {StudyText.Points(best.Final)}), which has neither.";
    }

    private string[] Ranked(Func<Racer, double> precision) => [.. published.OrderByDescending(precision).Select(racer => racer.Name)];

    private string Ranking(Func<Racer, double> precision)
        => StudyText.List([.. published.OrderByDescending(precision).Select(racer => $"{StudyText.Points(precision(racer))} ({racer.Name})")]);

    private static string Pairs(IEnumerable<(Racer Before, Racer After)> pairs) => string.Join("; ", pairs.Select(pair => $"{pair.Before.Name} and {pair.After.Name}"));

    private static string Names(IEnumerable<Racer> racers) => StudyText.List([.. racers.Select(racer => racer.Name)]) is { Length: > 0 } names ? names : "none";
}
