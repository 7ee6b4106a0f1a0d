using Detr.Explain;

namespace Detr.Studies;

/// <summary>What the numbers of the study <c>explanations</c> say.</summary>
internal static class ExplanationFinding
{
    private static readonly string[] Measures = ["the overlap of masks and objects", "the share of the map that lies on the object", "deletion", "insertion"];
    private static readonly string WithoutSelfAttention = RelevanceMethods.All.OfType<Relevance>().First(method => !method.UsesSelfAttention).Name;

    /// <summary>The paragraph.</summary>
    /// <param name="scores">The methods and yardsticks, of at least one object.</param>
    /// <param name="areas">The objects' areas, in pixels.</param>
    /// <param name="stride">Pixels along each side of a cell.</param>
    internal static string Of(IReadOnlyList<MethodScore> scores, IReadOnlyList<long> areas, int stride)
    {
        MethodScore relevance = Named(ExplanationTables.Relevance), raw = Named(ExplanationTables.RawAttention);
        MethodScore[] methods = [.. scores.Where(score => score.Name is not (SceneJudge.TrueMask or SceneJudge.Chance))];
        PairedDifference[] lead = ExplanationTables.Against(relevance, raw);
        string verdict = string.Join("; ", new[]
        {
            Part("ahead in", lead, difference => difference.IsLarger),
            Part("level in", lead, difference => !difference.IsLarger && !difference.IsSmaller),
            Part("behind in", lead, difference => difference.IsSmaller),
        }.OfType<string>());
        MethodScore byMask = methods.MaxBy(score => score.LooseMasks.AP)!, byDeletion = methods.MinBy(score => score.Deletions.Average())!, byInsertion = methods.MaxBy(score => score.Insertions.Average())!;
        double cells = StudyText.Median([.. areas.Select(area => (double)area)]) / ((double)stride * stride);
        MethodScore truth = Named(SceneJudge.TrueMask), chance = Named(SceneJudge.Chance);
        string[] sentences =
        [
            $"Beside raw attention, relevance is {verdict}, object by object and beyond two standard errors: its masks have an AP from IoU 0.20 of {Points(relevance)}, raw attention's {Points(raw)}.",
            FormattableString.Invariant($"Best of all methods are {byMask.Name} by that AP ({Points(byMask)}), {byDeletion.Name} by deletion ({byDeletion.Deletions.Average():F3}) and {byInsertion.Name} by insertion ({byInsertion.Insertions.Average():F3})."),
            .. Useless(methods, chance),
            FormattableString.Invariant($"What limits all masks is the map's resolution: half the objects cover less than {cells:F1} cells of {stride} pixels, and the true mask told in such cells has an AP from IoU 0.20 of {Points(truth)}, and of {StudyText.Points(truth.Masks.AP ?? 0)} by COCO's rules."),
            FormattableString.Invariant($"Half of relevance's masks cover less than {StudyText.Median(relevance.Sizes):P0} of their object's area, of raw attention's {StudyText.Median(raw.Sizes):P0}."),
            Encoder(relevance, Named(WithoutSelfAttention), chance),
        ];
        return string.Join(' ', sentences);

        MethodScore Named(string name) => scores.First(score => score.Name == name);
    }

    private static string? Part(string verdict, PairedDifference[] lead, Func<PairedDifference, bool> chosen)
        => Measures.Where((_, i) => chosen(lead[i])).ToArray() is { Length: > 0 } measures ? $"{verdict} {StudyText.List(measures)}" : null;

    /// <summary>The methods that order cells no better than chance does.</summary>
    private static string[] Useless(IEnumerable<MethodScore> methods, MethodScore chance)
        => methods.Where(method => !PairedDifference.Of(chance.Deletions, method.Deletions).IsLarger).Select(method => method.Name).ToArray() is { Length: > 0 } names
            ? [$"No better than chance by deletion: {StudyText.List(names)}."]
            : [];

    /// <summary>What the encoder's self-attention does to relevance, half of which, normalised, has passed through it.</summary>
    private static string Encoder(MethodScore relevance, MethodScore without, MethodScore chance)
    {
        double whole = relevance.Inside.Average(), direct = without.Inside.Average(), through = Math.Max(0, (2 * whole) - direct), byChance = chance.Inside.Average();
        PairedDifference gain = PairedDifference.Of(relevance.Inside, without.Inside);
        string effect = gain.IsLarger ? "The encoder helps relevance" : gain.IsSmaller ? "The encoder holds relevance back" : "The encoder neither helps relevance nor holds it back";
        string reason = through < 2 * byChance ? ": this model's encoder hardly tells objects apart, which DETR's does with six layers and some 850 cells" : string.Empty;
        return FormattableString.Invariant(
            $"{effect}: half of a normalised map is what cells told one another there, and of that half about {through:P0} lies on the object, where chance has {byChance:P0}{reason}; without that half (relevance-no-self-attention) {direct:P0} of the map lies on the object instead of {whole:P0}, and insertion is {without.Insertions.Average():F3} instead of {relevance.Insertions.Average():F3}.");
    }

    private static string Points(MethodScore score) => StudyText.Points(score.LooseMasks.AP ?? 0);
}
