namespace Detr.Cli.Tests;

/// <summary>What a user names on the command line, as files.</summary>
public sealed class InputFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-inputs").FullName;

    public InputFilesTests()
    {
        foreach (string name in new[] { "a1.png", "a2.JPG", "a.txt", "b.ppm", "c" })
        {
            File.WriteAllText(Path.Combine(_folder, name), string.Empty);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "a1.png a2.JPG b.ppm")]
    [InlineData("a*", "a1.png a2.JPG")]
    [InlineData("?.ppm", "b.ppm")]
    [InlineData("c", "c")]
    public void Folders_patterns_and_files_are_found_in_order(string input, string expected)
        => Assert.Equal(expected.Split(' '), InputFiles.Expand([Path.Combine(_folder, input)]).Select(Path.GetFileName));

    [Fact]
    public void Several_inputs_are_taken_one_after_the_other()
        => Assert.Equal(["b.ppm", "a1.png"], InputFiles.Expand([Path.Combine(_folder, "b.ppm"), Path.Combine(_folder, "*.png")]).Select(Path.GetFileName));
}
