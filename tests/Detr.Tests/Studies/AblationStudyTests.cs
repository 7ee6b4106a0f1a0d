using Detr.Imaging;
using Detr.Studies;
using Detr.Training;

namespace Detr.Tests.Studies;

/// <summary>What the ablations say follows from their numbers, and says something else where these are others.</summary>
public sealed class AblationStudyTests
{
    private static readonly EvaluationResult Low = Scenes.Evaluated(0.3), Middle = Scenes.Evaluated(0.6), High = Scenes.Evaluated(0.9), Twice = Scenes.Evaluated(0.9, twice: 0.9);
    private static readonly StudyFigure Figure = new("learning", "A picture", new RgbImage(1, 1));

    [Fact]
    public void Too_few_queries_are_told_from_enough()
    {
        StudyResult few = QueriesStudy.Report([(7, Low, Low), (20, High, High), (100, High, High)]);
        Assert.Contains(FormattableString.Invariant($"AP is {100 * (High.Precision() - Low.Precision()):F1} points below the best"), few.Finding, StringComparison.Ordinal);
        Assert.Contains("20 are enough, and 100 do no harm", few.Finding, StringComparison.Ordinal);
        Assert.Equal(High.Summary.AR100, few.Tables[0].Rows[1].Values[2]);
        Assert.Contains("up to 16, the model of 20 queries", few.Finding, StringComparison.Ordinal);
        string many = QueriesStudy.Report([(7, High, High), (20, High, High), (100, Low, Low)]).Finding;
        Assert.Contains("are as good as any other number", many, StringComparison.Ordinal);
        Assert.Contains("while 100 cost", many, StringComparison.Ordinal);
    }

    [Fact]
    public void Self_attention_that_keeps_queries_apart_is_told_from_one_that_does_not()
    {
        StudyResult result = SelfAttentionStudy.Report([("with", High), ("switched off", Low), ("trained without", Twice)]);
        Assert.Contains("queries cannot know of each other", result.Finding, StringComparison.Ordinal);
        Assert.Contains("it is self-attention that does suppression's work", result.Finding, StringComparison.Ordinal);
        Assert.Equal(0, result.Tables[0].Rows[0].Values[4]);
        Assert.True(result.Tables[0].Rows[2].Values[4] > 50);
        string alike = SelfAttentionStudy.Report([("with", High), ("switched off", Low), ("trained without", High)]).Finding;
        Assert.Contains("finds hardly more objects twice", alike, StringComparison.Ordinal);
        Assert.StartsWith("Neither model has learnt", SelfAttentionStudy.Report([("with", Twice), ("switched off", Low), ("trained without", Twice)]).Finding, StringComparison.Ordinal);
        Assert.Contains("duplicates are not what sets it apart", alike, StringComparison.Ordinal);
    }

    [Fact]
    public void Self_attention_is_switched_off_in_a_model_that_was_there_before_too()
    {
        StudyResult result = Beside(High, Twice);
        Assert.Equal(["with", "switched off", "trained without", "given", "given, switched off"], result.Tables[0].Rows.Select(row => row.Label));
        Assert.Contains("self-attention does suppression's work, as the paper says: switching it off costs", result.Finding, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"In given (AP {100 * High.Precision():F1})"), result.Finding, StringComparison.Ordinal);
        Assert.Contains("what it does is not suppression's work", Beside(High, Low).Finding, StringComparison.Ordinal);
        Assert.Contains("queries keep apart without it", Beside(High, High).Finding, StringComparison.Ordinal);

        static StudyResult Beside(EvaluationResult with, EvaluationResult off)
            => SelfAttentionStudy.Report([("with", Middle), ("switched off", Low), ("trained without", Middle), ("given", with), ("given, switched off", off)]);
    }

    [Fact]
    public void Auxiliary_losses_that_help_are_told_from_those_that_do_not()
    {
        StudyResult helped = AuxiliaryLossesStudy.Report([Middle, High], [Low, Middle], Figure);
        Assert.Contains("both as the paper says", helped.Finding, StringComparison.Ordinal);
        Assert.Contains("Even so the first layer's answers", helped.Finding, StringComparison.Ordinal);
        Assert.Equal([High.Summary.AP, Middle.Summary.AP], helped.Tables[0].Rows.Select(row => row.Values[0]));
        Assert.True(helped.Tables[0].Rows[0].Values[2] < helped.Tables[0].Rows[1].Values[2]);
        Assert.Contains("neither shows here", AuxiliaryLossesStudy.Report([Middle, High], [Middle, High], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("cost", AuxiliaryLossesStudy.Report([Middle, Low], [Middle, High], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("say little by themselves", AuxiliaryLossesStudy.Report([High, High], [Low, High], Figure).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_are_put_in_their_order()
    {
        StudyResult asPublished = PositionStudy.Report([Low, Middle, Middle, Middle, High, High], Figure);
        Assert.Contains("Positions matter", asPublished.Finding, StringComparison.Ordinal);
        Assert.Contains("as in the paper they are best", asPublished.Finding, StringComparison.Ordinal);
        Assert.Equal(0, asPublished.Tables[0].Rows[4].Values[2]);
        Assert.Equal(-7.8, asPublished.Tables[0].Rows[0].Values[3]!.Value, 1e-9);
        string other = PositionStudy.Report([High, High, Low, Middle, Middle, High], Figure).Finding;
        Assert.Contains("Even without any encoding", other, StringComparison.Ordinal);
        Assert.Contains("Better than sines at attention: sines at the input", other, StringComparison.Ordinal);
        Assert.Contains("worse: learned vectors at attention", other, StringComparison.Ordinal);
        Assert.Contains("the paper has all three behind", PositionStudy.Report([Low, High, High, High, High, High], Figure).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void The_loss_that_counts_is_named()
    {
        Assert.Contains("generalized IoU counts more, as in the paper", LossesStudy.Report([Low, Middle, High], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("it is L1 that counts more", LossesStudy.Report([Middle, Low, High], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("generalized IoU is the one that counts", LossesStudy.Report([Low, High, High], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("L1 is the one that counts", LossesStudy.Report([High, Low, High], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("generalized IoU even costs", LossesStudy.Report([High, Low, Middle], Figure).Finding, StringComparison.Ordinal);
        Assert.Contains("either does almost alone", LossesStudy.Report([High, High, High], Figure).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_said_of_models_that_have_learnt_nothing()
    {
        EvaluationResult none = Scenes.Evaluated(0.02);
        StudyResult[] results =
        [
            LayersStudy.Report([new DecoderLayers("base", [none, none])], [(0, none), (3, none)]), QueriesStudy.Report([(7, none, none), (100, none, none)]),
            SelfAttentionStudy.Report([("with", none), ("switched off", none), ("trained without", none)]), AuxiliaryLossesStudy.Report([none, none], [none, none], Figure),
            PositionStudy.Report([none, none, none, none, none, none], Figure), LossesStudy.Report([none, none, none], Figure),
        ];
        Assert.All(results, result => Assert.Contains("The model that others are compared with has hardly learnt", result.Finding, StringComparison.Ordinal));
    }

    [Fact]
    public void Measures_count_what_they_say()
    {
        Assert.Equal(0, High.DuplicatesPerHundred());
        (int found, int objects) = (Middle.FoundByScene().Sum(scene => scene.Found), Middle.FoundByScene().Sum(scene => scene.Objects));
        Assert.Equal(Middle.Detections.Count, found);
        Assert.Equal(Middle.Summary.PerCategory.Values.Sum(category => category.Objects), objects);
        Assert.Equal(Twice.Detections.Count - High.Detections.Count, Math.Round(Twice.DuplicatesPerHundred() * objects / 100));
        Assert.Equal((double)(objects - found) / Middle.Dataset.Count, Middle.CountError(), 1e-9);
        Assert.Equal(High.Detections.Count, Twice.Suppressed().Detections.Count);
    }

    [Fact]
    public void Every_study_says_what_it_asks_and_what_the_paper_found()
    {
        Assert.Equal(StudyCatalog.All.Count, StudyCatalog.All.Select(study => study.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(StudyCatalog.All, study =>
        {
            Assert.Same(study, StudyCatalog.Find(study.Name));
            Assert.EndsWith("?", study.Question, StringComparison.Ordinal);
            Assert.EndsWith(".", study.Paper, StringComparison.Ordinal);
        });
        Assert.Null(StudyCatalog.Find("none"));
    }
}
