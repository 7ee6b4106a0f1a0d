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
        Assert.Equal(["decoder", "encoder"], result.Figures.Select(figure => figure.FileName));
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
        Assert.Contains("no difference", Report([High], [(0, High), (3, High)]).Finding, StringComparison.Ordinal);
        Assert.Contains("unlike the paper's, it costs", Report([High], [(0, High), (3, Low)]).Finding, StringComparison.Ordinal);
    }

    private static StudyResult Report(IReadOnlyList<EvaluationResult> decoder, IReadOnlyList<(int Layers, EvaluationResult Result)> encoder)
        => LayersStudy.Report("model", decoder, [.. decoder.Select(layer => layer.Suppressed())], encoder);
}
