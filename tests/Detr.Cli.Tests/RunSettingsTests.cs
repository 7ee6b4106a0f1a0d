using Detr.Cli.Training;

namespace Detr.Cli.Tests;

/// <summary>What a run that goes on may have other than before, and what not.</summary>
public sealed class RunSettingsTests
{
    private static readonly Dictionary<string, string> Before = new(StringComparer.Ordinal)
    {
        ["--seed"] = "7", ["--batch-size"] = "4", [RunSettings.Pictures] = "100", ["--lr"] = "0.001", ["--threads"] = "2", ["--epochs"] = "10", ["--minutes"] = "none", ["--lr-drop"] = "8",
    };

    [Theory]
    [InlineData("--seed", "8", "--seed 7")]
    [InlineData("--batch-size", "2", "--batch-size 4")]
    [InlineData(RunSettings.Pictures, "99", "100 pictures")]
    public void What_decides_the_order_of_pictures_must_stay(string name, string value, string named)
        => Assert.Contains(named, Assert.Throws<InputException>(() => RunSettings.Compare(Before, With((name, value)))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_else_differs_is_named_with_both_values()
        => Assert.Contains("--lr 0.0001 (was 0.001), --threads 4 (was 2);", RunSettings.Compare(Before, With(("--lr", "0.0001"), ("--threads", "4"))), StringComparison.Ordinal);

    [Fact]
    public void A_run_that_is_only_made_longer_needs_no_word()
    {
        Assert.Null(RunSettings.Compare(Before, Before));
        Assert.Null(RunSettings.Compare(Before, With(("--epochs", "20"), ("--lr-drop", "16"))));
        Assert.NotNull(RunSettings.Compare(Before, With(("--lr-drop", "16"))));
    }

    [Fact]
    public void Runs_of_other_versions_are_compared_in_what_they_share()
    {
        Assert.Null(RunSettings.Compare(new Dictionary<string, string>(StringComparer.Ordinal), Before));
        Assert.Null(RunSettings.Compare(Before, With(("--new", "1"))));
    }

    private static Dictionary<string, string> With(params (string Name, string Value)[] changes)
    {
        Dictionary<string, string> settings = new(Before, StringComparer.Ordinal);
        foreach ((string name, string value) in changes)
        {
            settings[name] = value;
        }

        return settings;
    }
}
