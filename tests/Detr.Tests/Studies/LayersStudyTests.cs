using Detr.Studies;
using Detr.Training;

namespace Detr.Tests.Studies;

/// <summary>What the study of layers says follows from its numbers.</summary>
public sealed class LayersStudyTests
{
    private static readonly EvaluationResult Low = Scenes.Evaluated(0.3, twice: 0.9), Middle = Scenes.Evaluated(0.6, twice: 0.3), High = Scenes.Evaluated(0.9);

    [Fact]
    public void Tables_hold_the_evaluations_own_figures()
    {
        StudyResult result = Report([Low, Middle, High], [(0, Middle), (3, High)]);
        StudyTable decoder = result.Tables[0], encoder = result.Tables[1];
        Assert.Equal(["1", "2", "3"], decoder.Rows.Select(row => row.Label));
        Assert.Equal(["0", "3"], encoder.Rows.Select(row => row.Label));
        Assert.All(result.Tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Values.Count)));
        Assert.Equal(Middle.Summary.AP, decoder.Rows[1].Values[0]);
        Assert.Equal(Low.Suppressed().Summary.AP50, decoder.Rows[0].Values[3]);
        Assert.Equal(["encoder layers", "AP", "AP50", "AP75", "APsmall"], encoder.Headings);
        Assert.Equal(High.Summary.APsmall, encoder.Rows[1].Values[3]);
        Assert.True(decoder.Rows[0].Values[4] > decoder.Rows[1].Values[4]);
        Assert.Equal(0, decoder.Rows[2].Values[4]);
        Assert.Equal(["decoder-1", "duplicates", "encoder"], result.Figures.Select(figure => figure.FileName));
    }

    [Fact]
    public void A_decoder_that_tells_queries_apart_is_told_from_one_that_does_not()
    {
        Assert.Contains("as in the paper, queries have told themselves apart", Report([Low, Middle, High], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("AP rises after every decoder layer", Report([Low, Middle, High], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("does not rise", Report([High, Middle, Low], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("unlike the paper's, it does not matter less", Report([High, Middle, Low], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("though not after every one", Report([Middle, Low, High], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("The one decoder layer", Report([High], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_that_helps_is_told_from_one_that_does_not()
    {
        Assert.Contains("points below the best, which has 3", Report([High], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.DoesNotContain("objects, the largest", Report([High], [(0, Low), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("On medium objects, the largest that there are, it helps", Report([High], [(0, Scenes.Evaluated(0.3, size: 160)), (3, Scenes.Evaluated(0.9, size: 160))]).Finding, StringComparison.Ordinal);
        Assert.Contains("no difference", Report([High], [(0, High), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("unlike the paper's, it costs", Report([High], [(0, High), (3, Low)]).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_was_there_before_stands_beside_the_one_that_was_trained()
    {
        StudyResult result = Beside([Low, Low], [Middle, High]);
        Assert.Equal(["After each decoder layer of base", "After each decoder layer of given", "Models by their encoder layers"], result.Tables.Select(table => table.Title));
        Assert.Equal(High.Summary.AP, result.Tables[1].Rows[1].Values[0]);
        Assert.Equal(["decoder-1", "decoder-2", "duplicates", "encoder"], result.Figures.Select(figure => figure.FileName));
        Assert.StartsWith("base: AP does not rise", result.Finding, StringComparison.Ordinal);
        Assert.Contains(" given: AP rises after every decoder layer", result.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_are_compared_with_the_papers()
    {
        EvaluationResult twice = Scenes.Evaluated(0.9, twice: 0.9), none = Scenes.Evaluated(0.02);
        Assert.Contains("is learnt in time", Beside([Low, Low], [Middle, High]).Finding, StringComparison.Ordinal);
        Assert.Contains("need suppression to the end, which the paper's", Beside([Low, Low], [Low, twice]).Finding, StringComparison.Ordinal);
        Assert.Contains("Neither", Beside([Low, High], [Middle, High]).Finding, StringComparison.Ordinal);
        Assert.Contains("it is the better one that needs suppression", Beside([Low, Scenes.Evaluated(0.3)], [Low, twice]).Finding, StringComparison.Ordinal);
        Assert.DoesNotContain("the paper's figure 4", Beside([none, none], [Middle, High]).Finding, StringComparison.Ordinal);
    }

    private static StudyResult Report(IReadOnlyList<EvaluationResult> decoder, IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
        => LayersStudy.Report([new DecoderLayers("base", decoder)], encoder);

    private static StudyResult Beside(IReadOnlyList<EvaluationResult> trained, IReadOnlyList<EvaluationResult> given)
        => LayersStudy.Report([new DecoderLayers("base", trained), new DecoderLayers("given", given)], [(0, Low), (3, High)]);
}
