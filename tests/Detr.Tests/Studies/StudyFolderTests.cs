using Detr.Imaging;
using Detr.Studies;

namespace Detr.Tests.Studies;

/// <summary>What a study leaves in its folder.</summary>
public sealed class StudyFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-study-folder").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_has_a_page_a_section_tables_and_pictures()
    {
        using StudyWorkshop workshop = new(Path.Combine(_folder, "workshop"), new StudyRecipe(), 1);
        StudyTable first = new("First", "arm", [new("AP"), new("objects", "N0")], [new("a | b", 0.5, 1234), new("c, d", null, 7)]), second = first with { Title = "Second <b>" };
        StudyResult result = new([first, second], "It finds.", [new("bars", "Some bars", new RgbImage(4, 3))]);
        string folder = Path.Combine(_folder, "out");
        StudyFolder.Write(folder, new LayersStudy(), workshop, result);

        string text = File.ReadAllText(Path.Combine(folder, "study.md"));
        Assert.Contains("| arm | AP | objects |\n| --- | ---: | ---: |\n| a \\| b | 0.500 | 1,234 |\n| c, d | n/a | 7 |\n", text, StringComparison.Ordinal);
        Assert.Contains("![Some bars](images/study-layers-bars.png)\n", text, StringComparison.Ordinal);
        Assert.StartsWith("## layers\n\n", text, StringComparison.Ordinal);
        Assert.Contains("\nIt finds.\n", text, StringComparison.Ordinal);
        Assert.Equal((4, 3), (ImageFile.Identify(Path.Combine(folder, "images", "study-layers-bars.png")).Width, ImageFile.Identify(Path.Combine(folder, "images", "study-layers-bars.png")).Height));
        Assert.Equal(["arm,AP,objects", "a | b,0.5,1234", "\"c, d\",,7"], File.ReadAllLines(Path.Combine(folder, "table.csv")));
        Assert.True(File.Exists(Path.Combine(folder, "table-2.csv")));
        string page = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Contains("It finds.", page, StringComparison.Ordinal);
        Assert.Contains("Second &lt;b&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_how_often_each_arm_was_trained()
    {
        using StudyWorkshop workshop = new(Path.Combine(_folder, "seeds"), new StudyRecipe(), 1) { Seeds = 3 };
        Assert.StartsWith("each arm trained once, 4000 steps of 8 scenes of 96 pixels a side, seed 1; evaluated", StudyFolder.Method(new LayersStudy(), workshop), StringComparison.Ordinal);
        Assert.StartsWith("each arm trained 3 times, 4000 steps of 8 scenes of 96 pixels a side, seed 1 and the next 2; evaluated", StudyFolder.Method(new ConvergenceStudy(), workshop), StringComparison.Ordinal);
    }
}
