using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Models;
using Detr.Training;

namespace Detr.Studies;

/// <summary>What average precision loses with each attention head, and with each layer's heads, off.</summary>
public sealed class HeadsStudy : IStudy
{
    // Of AP from 0 to 1: what is lost below that would not be missed.
    private const double Spare = 0.005;
    private const int Named = 3;

    /// <inheritdoc/>
    public string Name => "heads";

    /// <inheritdoc/>
    public string Question => "Which attention heads carry the result, and which can be spared?";

    /// <inheritdoc/>
    public string Paper =>
        "DETR's paper takes no heads away. In transformers for translation and language most heads can be switched off one at a time with hardly a loss, and attention between decoder and encoder suffers most (Michel, Levy and Neubig 2019, sections 3 and 5).";

    /// <inheritdoc/>
    public bool TrainsModels => false;

    /// <inheritdoc/>
    public StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default)
    {
        (DetrModel model, IReadOnlyList<Category> categories, string name) = workshop.Subject(cancellationToken);
        ShapesDataset scenes = workshop.Scenes(workshop.ValidationScenes, model.Options.Size);
        IReadOnlyList<AttentionHead> heads = AttentionHead.All(model.Options.Transformer);
        AttentionPlace[] places = [.. heads.Select(head => head.Place).Distinct()];
        HeadsOff?[] trials = [null, .. heads.Select(head => head.Off()), .. places.Select(place => new HeadsOff(new HeadSelection(place.Kind) { Layers = [place.Layer] }))];
        IReadOnlyList<EvaluationResult> results = ModelEvaluation.EvaluateHeads(
            model, categories, scenes, model.Options.Resize(), workshop.Backend, trials, done => workshop.Progress?.Invoke(new StudyProgress($"trying heads of {name}", (double)done / scenes.Count)), cancellationToken);
        double whole = results[0].Precision();
        return Report(
            name, whole, [.. heads.Zip(results.Skip(1), (head, result) => (head, whole - result.Precision()))],
            [.. places.Zip(results.Skip(1 + heads.Count), (place, result) => (place, whole - result.Precision()))]);
    }

    /// <summary>The result of trials.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="whole">Its AP, from 0 to 1.</param>
    /// <param name="heads">What is lost of it without each head; at least one.</param>
    /// <param name="places">What is lost without all heads of each attention of a layer.</param>
    internal static StudyResult Report(string name, double whole, IReadOnlyList<(AttentionHead Head, double Loss)> heads, IReadOnlyList<(AttentionPlace Place, double Loss)> places)
    {
        StudyTable byLayer = new(
            $"AP lost without all heads of a layer, and without one of them, {name}, AP {StudyText.Points(whole)}", "attention, layer",
            [new("all heads"), new("worst head"), new("mean of heads")],
            [.. places.Select(place =>
            {
                double[] losses = [.. heads.Where(head => head.Head.Place == place.Place).Select(head => head.Loss)];
                return new StudyRow(FormattableString.Invariant($"{place.Place.Kind.Title()}, {place.Place.Layer}"), place.Loss, losses.Max(), losses.Average());
            })]);
        StudyTable byHead = new(
            "AP lost without one head", "attention:layer:head", [new("AP lost"), new("AP")],
            [.. heads.OrderByDescending(head => head.Loss).Select(head => new StudyRow(head.Head.ToString(), head.Loss, whole - head.Loss))]);
        return new StudyResult(
            [byLayer, byHead], Finding(whole, heads, places),
            [new("grid", "Average precision lost with one head off", HeadGridFigure.Draw(FormattableString.Invariant($"One head off: AP lost, of {whole:F3}"), [.. heads], "AP lost"))]);
    }

    private static string Finding(double whole, IReadOnlyList<(AttentionHead Head, double Loss)> heads, IReadOnlyList<(AttentionPlace Place, double Loss)> places)
    {
        (AttentionHead Head, double Loss)[] ranked = [.. heads.OrderByDescending(head => head.Loss)];
        int spare = ranked.Count(head => head.Loss < Spare);
        string worst = StudyText.List([.. ranked.Take(Named).Select(head => $"{head.Head} ({StudyText.Points(head.Loss)})")]);
        string kinds = StudyText.List(
        [
            .. heads.GroupBy(head => head.Head.Place.Kind).OrderByDescending(group => group.Average(head => head.Loss))
                .Select(group => $"{group.Key.Title()} ({StudyText.Points(group.Average(head => head.Loss))})"),
        ]);
        (AttentionPlace place, double loss) = places.MaxBy(attention => attention.Loss);
        string verdict = 2 * spare > heads.Count ? "as in other transformers, most single heads can be spared" : "unlike in the far larger transformers of Michel et al., most single heads are missed: there are few of them, and each has its task";
        return FormattableString.Invariant(
            $"Of {heads.Count} heads {spare} can be off, one at a time, for less than {StudyText.Points(Spare)} points of the AP of {StudyText.Points(whole)}: {verdict}. Dearest are {worst}; a head's mean cost by attention: {kinds}. Without all heads of {place.Kind.Title()} in layer {place.Layer} {StudyText.Points(loss)} points are gone, more than without any other layer's. Each figure is of one trained model.");
    }
}
