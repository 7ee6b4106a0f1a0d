using Detr.Data;
using Detr.Explain;
using Detr.Figures;
using Detr.Imaging;
using Detr.Reports;

namespace Detr.Cli;

/// <summary>The folder of <c>heads --out</c>: figures of heads that were tried, and a page with them.</summary>
internal static class HeadStudyFolder
{
    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="image">The picture.</param>
    /// <param name="placement">Where maps' cells lie on it.</param>
    /// <param name="sweep">The sweep, if there was one.</param>
    /// <param name="ranking">The ranking, if there was one.</param>
    internal static void Write(string folder, string title, RgbImage image, MapPlacement placement, HeadSweep? sweep, HeadRanking? ranking)
    {
        Directory.CreateDirectory(folder);
        List<ReportSection> sections = [];
        if (sweep is not null)
        {
            RgbImage figure = Figure(HeadSweepFigure.Draw(image, placement, sweep), "sweep.png");
            sections.AddRange(HeadsReport.Sections(image, placement, sweep, figure));
        }

        if (ranking is not null)
        {
            RgbImage figure = Figure(HeadRankingFigure.Draw(ranking), "ranking.png");
            sections.AddRange(HeadsReport.Sections(image, ranking, figure));
        }

        new ReportPage(title, Html.Of($"{image.Width} × {image.Height} pixels, without some of the transformer's attention heads."), sections) { HasMaps = sweep is not null }
            .Write(Path.Combine(folder, "report.html"));

        RgbImage Figure(RgbImage figure, string file)
        {
            PngFile.Write(figure, Path.Combine(folder, file));
            return figure;
        }
    }
}
