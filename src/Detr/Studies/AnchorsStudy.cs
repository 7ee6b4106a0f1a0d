using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Models;

namespace Detr.Studies;

/// <summary>Which keys all object queries attend to in the decoder's self-attention, layer by layer.</summary>
public sealed class AnchorsStudy : IStudy
{
    private const int MostScenes = 100;

    /// <inheritdoc/>
    public string Name => "anchors";

    /// <inheritdoc/>
    public string Question => "Do object queries attend to each other evenly, or to a few that all look at?";

    /// <inheritdoc/>
    public string Paper =>
        "The paper draws no self-attention of the decoder; it says that from the second layer on queries tell each other apart by it, and so suppress duplicates, which the first layer cannot (section 4.2, figure 4).";

    /// <inheritdoc/>
    public bool TrainsModels => false;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        (DetrModel model, _, string name) = workshop.Subject(cancellationToken);
        ShapesDataset scenes = workshop.Scenes(Math.Min(MostScenes, workshop.ValidationScenes), model.Options.Size);
        List<AttentionMap>[] layers = [.. Enumerable.Range(0, model.Options.Transformer.DecoderLayers).Select(_ => new List<AttentionMap>())];
        AttentionCapture capture = new(place => place.Kind == AttentionKind.DecoderSelf);
        foreach ((DetectionBatch batch, _) in ScenePasses.Run(workshop, model, scenes, $"watching {name}", capture, cancellationToken))
        {
            for (int layer = 0; layer < layers.Length; layer++)
            {
                layers[layer].AddRange(Enumerable.Range(0, batch.Count).Select(image => capture.Mean(new AttentionPlace(AttentionKind.DecoderSelf, layer), image)));
            }
        }

        return Report(name, layers);
    }

    /// <summary>The result of attentions.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="layers">Each layer's self-attention in each scene.</param>
    internal static StudyResult Report(string name, IReadOnlyList<IReadOnlyList<AttentionMap>> layers)
    {
        AttendedKeys[] rows = [.. layers.Select((pictures, layer) => AttendedKeys.Of(layer, pictures))];
        AttentionMap[] means = [.. layers.Select(AttendedKeys.Mean)];
        int keys = means[0].Keys, leading = Math.Min(AttendedKeys.LeadingCount, keys);
        StudyTable table = new(
            $"What keys draw in {layers[0].Count} scenes, {name}, {keys} queries", "decoder layer",
            [new("first key", "F0"), new("its share", "P1"), new($"share of the first {leading}", "P1"), new("as many keys as", "F1"), new("own share", "P1"), new("agreement of scenes", "P0")],
            [.. rows.Select(row => new StudyRow(FormattableString.Invariant($"{row.Layer}"), row.Leading[0], row.TopShare, row.LeadingShare, row.EffectiveKeys, row.OwnShare, row.Agreement))]);
        return new StudyResult(
            [table], Finding(rows, keys, leading),
            [
                new("keys", "The share of all attention that each query draws as a key, the mean over scenes", AttendedQueriesFigure.Draw(means)),
                new("shares", "The same shares by rank: a flat line is even attention", Chart(means)),
            ]);
    }

    private static string Finding(AttendedKeys[] rows, int keys, int leading)
    {
        AttendedKeys last = rows[^1], strongest = rows.MaxBy(row => row.LeadingShare)!;
        double even = (double)leading / keys;
        int common = rows.Select(row => row.Leading.AsEnumerable()).Aggregate((all, some) => all.Intersect(some)).Count();
        string layers = string.Join("; ", rows.Select(row => FormattableString.Invariant($"layer {row.Layer} {100 * row.LeadingShare:F0} %")));
        string verdict = strongest.LeadingShare > 2 * even ? FormattableString.Invariant($"so there are anchors that all look at, most of all in layer {strongest.Layer}")
            : strongest.LeadingShare > 1.3 * even ? FormattableString.Invariant($"so some draw more than others, most of all in layer {strongest.Layer}, but none is an anchor that all look at")
            : "so attention is nearly even, and no query is an anchor";
        string scenes = last.Agreement >= 0.7 ? "they are much the same from scene to scene, a property of the query rather than of what it found"
            : last.Agreement > 2 * even ? "they are partly the same from scene to scene" : "they change from scene to scene with what was found";
        return FormattableString.Invariant(
            $"The {leading} leading of {keys} keys draw of all attention: {layers} (evenly it would be {100 * even:F0} %), {verdict}. Queries keep {100 * last.OwnShare:F0} % for themselves in the last layer. In layer 0 queries hold nothing yet but themselves, so that attention is the same in every scene (agreement {100 * rows[0].Agreement:F0} %); in the last {100 * last.Agreement:F0} % of a scene's leading keys are among the leading ones of all: {scenes}. {common} of {leading} lead in every layer. That the first layer's attention cannot depend on the scene is why the paper finds that layer unable to suppress duplicates.");
    }

    private static RgbImage Chart(AttentionMap[] means)
    {
        double[] ranks = [.. Enumerable.Range(1, means[0].Keys).Select(rank => (double)rank)];
        return StudyCharts.Lines(
            "What keys draw of decoder self-attention", "rank of the key", "share of all attention",
            [
                .. means.Select((mean, layer) => (FormattableString.Invariant($"layer {layer}"), ranks, AttendedQueriesFigure.Shares(mean).OrderDescending().Select(share => (double)share).ToArray())),
                ("even", ranks, [.. ranks.Select(_ => 1.0 / ranks.Length)]),
            ]);
    }
}
