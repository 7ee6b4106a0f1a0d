namespace Detr.Cli.Tests;

/// <summary>Results as JSON appear whole or not at all.</summary>
public sealed class JsonTargetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-json").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_result_that_breaks_off_leaves_the_former_one()
    {
        string path = Path.Combine(_folder, "result.json");
        JsonTarget.Write(path, json => json.WriteNumberValue(1));
        IOException error = Assert.Throws<IOException>(() => JsonTarget.Write(path, json =>
        {
            json.WriteStartArray();
            json.Flush();
            throw new IOException("No space left on device.");
        }));
        Assert.StartsWith($"{path} cannot be written, and what was there before is untouched", error.Message, StringComparison.Ordinal);
        Assert.Equal("1\n", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced_and_a_full_one_is_an_error()
    {
        if (!File.Exists("/dev/full"))
        {
            // Linux has it; elsewhere there is nothing to write to that is full.
            return;
        }

        Assert.Contains("/dev/full", Assert.Throws<IOException>(() => JsonTarget.Write("/dev/full", json => json.WriteNullValue())).Message, StringComparison.Ordinal);
        JsonTarget.Write("/dev/null", json => json.WriteNullValue());
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }
}
