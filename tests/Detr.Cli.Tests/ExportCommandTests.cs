using Detr.Data;
using Detr.Models;

namespace Detr.Cli.Tests;

/// <summary><c>detr export</c>, as its user runs it; what the files hold is tested with the exporter.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-export").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_model_becomes_one_file_in_a_folder_made_for_it()
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors"), exported = Path.Combine(_folder, "made", "model.onnx");
        (int code, string output, string error) = await CommandLine.RunAsync("export", "--weights", shipped, "--onnx", exported);
        Assert.True(code == 0, error);
        Assert.Contains("12 categories", output, StringComparison.Ordinal);
        Assert.Equal([exported], Directory.GetFiles(Path.Combine(_folder, "made")));

        // The weights are stored in half precision and exported in full.
        Assert.InRange(new FileInfo(exported).Length, 1.9 * new FileInfo(shipped).Length, 2.5 * new FileInfo(shipped).Length);
    }

    [Theory]
    [InlineData(DetrVariant.ConditionalDetr)]
    [InlineData(DetrVariant.DabDetr)]
    [InlineData(DetrVariant.DnDetr)]
    [InlineData(DetrVariant.DeformableDetr)]
    [InlineData(DetrVariant.Dino)]
    public async Task Successors_of_detr_are_written_too(DetrVariant variant)
    {
        (string weights, string exported) = (Save(variant), Path.Combine(_folder, "model.onnx"));
        (int code, string output, string error) = await CommandLine.RunAsync("export", "--weights", weights, "--onnx", exported);
        Assert.True(code == 0, error);
        Assert.Contains("1 categories", output, StringComparison.Ordinal);
        Assert.True(File.Exists(exported));
    }

    [Theory]
    [InlineData("export --weights nowhere.safetensors --onnx model.onnx", 1, "nowhere.safetensors")]
    [InlineData("export --weights nowhere.safetensors --onnx model.txt", 1, "model.txt")]
    [InlineData("export --weights nowhere.safetensors", 2, "--onnx")]
    public async Task Mistakes_are_named(string line, int expected, string named)
    {
        (int code, _, string error) = await CommandLine.RunAsync(line.Split(' '));
        Assert.Equal(expected, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private string Save(DetrVariant variant)
    {
        string path = Path.Combine(_folder, "model.safetensors");
        DetrModel model = new(new DetrOptions
        {
            Variant = variant, Backbone = BackboneOptions.FromName("small") with { Width = 4 }, Queries = 5, Classes = 2,
            Transformer = new TransformerOptions { Channels = 16, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 16 },
        });
        ModelFile.Save(path, model, [new Category(1, "cell")]);
        return path;
    }
}
