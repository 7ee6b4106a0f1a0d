using System.Text.Json;
using Detr.Tensors.Checkpoints;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Files of tensors: exact values, refusals, and what is left when writing fails.</summary>
public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-safetensors").FullName;

    public static TheoryData<string> BadFiles => [.. Directory.GetFiles(Fixture("bad")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_type_is_read_exactly()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture("tensors.safetensors"));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Fixture("expected.json")));
        Assert.NotEmpty(checkpoint.Tensors);
        foreach ((string name, CheckpointTensor tensor) in checkpoint.Tensors)
        {
            JsonElement entry = expected.RootElement.GetProperty("tensors").GetProperty(name);
            int[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt32())];

            // The tool that wrote the file stores a single number as a list of one.
            Assert.Equal(shape.Length == 0 ? [1] : shape, tensor.Shape);
            double[] values = [.. entry.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(values, tensor.ToDoubles());
            Assert.Equal(values.Select(value => (float)value), tensor.ToFloats());
        }
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_damaged_file_is_refused_in_one_sentence(string file)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(Fixture(Path.Combine("bad", file))));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        string path = Path.Combine(_folder, "a.safetensors");
        Tensor matrix = Tensor.FromArray([2, 3], [1, 2, 3, 4, 5, -6.5f]), scalar = Tensor.FromArray([], [7]), empty = Tensor.FromArray([0, 4], []);
        SafetensorsWriter.Write(
            path, new Dictionary<string, Tensor> { ["matrix"] = matrix, ["scalar"] = scalar, ["empty"] = empty }, new Dictionary<string, string> { ["who"] = "ünïcode \"quoted\"" });
        using Checkpoint checkpoint = Checkpoint.Open(path);
        Assert.Equal("ünïcode \"quoted\"", checkpoint.Metadata["who"]);
        Assert.Equal([2, 3], checkpoint.Tensors["matrix"].Shape);
        Assert.Equal(matrix.ToArray(), checkpoint.Tensors["matrix"].ToFloats());
        Assert.Equal([7f], checkpoint.Tensors["scalar"].ToFloats());
        Assert.Empty(checkpoint.Tensors["empty"].ToFloats());
    }

    [Fact]
    public void Half_precision_halves_the_file_and_keeps_eleven_bits()
    {
        string path = Path.Combine(_folder, "half.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = Tensor.FromArray([3], [1f, -0.333f, 1000.5f]) }, new Dictionary<string, string>(), half: true);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        CheckpointTensor tensor = checkpoint.Tensors["a"];
        Assert.Equal(ElementType.Float16, tensor.Type);
        Assert.Equal([1f, (float)(Half)(-0.333f), 1000.5f], tensor.ToFloats());
    }

    [Fact]
    public void A_write_that_fails_leaves_what_was_there()
    {
        string path = Path.Combine(_folder, "b.safetensors");
        File.WriteAllText(path, "precious");
        Tensor tensor = Tensor.FromArray([1], [1]);
        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = tensor, ["b"] = null! }, new Dictionary<string, string>()));
        Assert.Equal("precious", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_file_cut_anywhere_is_read_or_refused()
    {
        byte[] whole = File.ReadAllBytes(Fixture("tensors.safetensors"));
        string path = Path.Combine(_folder, "cut.safetensors");
        Random random = new(1);
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = round % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int i = 0; i < 3 && damaged.Length > 0; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                using Checkpoint checkpoint = Checkpoint.Open(path);
                foreach (CheckpointTensor tensor in checkpoint.Tensors.Values)
                {
                    Assert.Equal(tensor.Length, tensor.ToFloats().Length);
                }
            }
            catch (InvalidDataException)
            {
                // Refused: the other right answer.
            }
        }
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
}
