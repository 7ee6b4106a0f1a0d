namespace Detr.Cli.Tests;

/// <summary>Help that can be believed.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("detect")]
    [InlineData("segment")]
    [InlineData("explain")]
    [InlineData("heads")]
    [InlineData("study")]
    [InlineData("train")]
    [InlineData("eval")]
    [InlineData("shapes")]
    [InlineData("models")]
    [InlineData("bench")]
    [InlineData("convert")]
    [InlineData("export")]
    [InlineData("score")]
    [InlineData("score-panoptic")]
    public async Task Every_example_is_a_line_that_the_program_accepts(string command)
    {
        (int code, string help, string error) = await CommandLine.RunAsync(command, "--help");
        Assert.True(code == 0, error);
        string[] examples = [.. help.Split(Environment.NewLine).SkipWhile(line => line != "Examples:").Where(line => line.StartsWith("  detr ", StringComparison.Ordinal))];
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Empty(CommandTree.Create(new StageClock()).Parse(example["  detr ".Length..]).Errors));
    }

    [Fact]
    public async Task Without_arguments_there_is_help()
    {
        (int code, string output, string error) = await CommandLine.RunAsync();
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains("detr demo", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_help_is_in_sections()
    {
        (_, string help, _) = await CommandLine.RunAsync("train", "--help");
        string[] lines = help.Split(Environment.NewLine);
        foreach ((string heading, string option) in new[] { ("Evaluation:", "--val-split"), ("Learning, by the names of the reference implementation:", "--lr "), ("The model:", "--model ") })
        {
            Assert.StartsWith($"  {option}", lines[Array.IndexOf(lines, heading) + 1], StringComparison.Ordinal);
        }
    }
}
