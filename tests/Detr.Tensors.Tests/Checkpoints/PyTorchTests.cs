using System.Globalization;
using System.Text.Json;
using Detr.Tensors.Checkpoints;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Files that torch.save wrote, in both of its formats, against the values that were saved.</summary>
public sealed class PyTorchTests
{
    public static TheoryData<string, string> Files => new()
    {
        { "tensors_zip.pth", "tensors" },
        { "tensors_legacy.pth", "tensors" },
        { "small_state_dict_zip.pth", "small" },
        { "small_state_dict_legacy.pth", "small" },
        { "model_key_zip.pth", "tensors" },
        { "model_key_legacy.pth", "tensors" },
        { "training_zip.pth", "training/model" },
        { "training_legacy.pth", "training/model" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_tensor_is_read_exactly(string file, string section)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture(file));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Fixture("expected.json")));
        JsonElement expected = section.Split('/').Aggregate(document.RootElement, (element, key) => element.GetProperty(key));
        Assert.Equal(expected.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal), checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, CheckpointTensor tensor) in checkpoint.Tensors)
        {
            JsonElement entry = expected.GetProperty(name);
            double[] values = [.. entry.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(entry.GetProperty("dtype").GetString(), tensor.Type.ToString(), ignoreCase: true);
            Assert.Equal(entry.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt32()), tensor.Shape);
            Assert.Equal(name, tensor.Name);

            // Of long tensors only the first values were noted.
            Assert.Equal(values, tensor.ToDoubles().Take(values.Length));
            Assert.Equal(values.Select(value => (float)value), tensor.ToFloats().Take(values.Length));
            Assert.True(values.Length == tensor.Length || values.Length == 24);
        }
    }

    [Theory]
    [InlineData("training_zip.pth")]
    [InlineData("training_legacy.pth")]
    public void A_training_checkpoint_tells_its_optimizers_moments(string file)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture(file));
        Assert.Equal(1, checkpoint.Optimizer!.Steps);
        IReadOnlyList<(CheckpointTensor First, CheckpointTensor Second)> moments = Assert.Single(checkpoint.Optimizer.Groups);
        Assert.Equal([[4, 3, 3, 3], [4], [4], [4], [2, 4], [2]], moments.Select(pair => pair.First.Shape));
        Assert.All(moments, pair => Assert.Equal(pair.First.Shape, pair.Second.Shape));

        // The gradient of the last bias was 1.
        Assert.Equal([0.1f, 0.1f], moments[^1].First.ToFloats(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([0.001f, 0.001f], moments[^1].Second.ToFloats(), (a, b) => Math.Abs(a - b) < 1e-8f);
    }

    [Theory]
    [InlineData("training_zip.pth")]
    [InlineData("training_legacy.pth")]
    public void A_training_checkpoint_tells_its_epoch_and_arguments(string file)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture(file));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Fixture("expected.json")));
        JsonElement training = document.RootElement.GetProperty("training");
        Assert.Equal("7", checkpoint.Metadata["epoch"]);
        foreach (JsonProperty argument in training.GetProperty("args").EnumerateObject())
        {
            string actual = checkpoint.Metadata[$"args.{argument.Name}"];
            if (argument.Value.ValueKind == JsonValueKind.Number)
            {
                Assert.Equal(argument.Value.GetDouble(), double.Parse(actual, CultureInfo.InvariantCulture));
            }
            else
            {
                Assert.Equal(argument.Value.ToString(), actual, ignoreCase: true);
            }
        }
    }

    // Written by Python's own pickle module with torch's names, and with whatever arguments may hold: paths, sets, bytes, numbers beyond 64 bits.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_protocol_gives_the_same(int protocol)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture($"protocol_{protocol}.pth"));
        Assert.Equal(["whole", "turned", "part"], checkpoint.Tensors.Keys);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), checkpoint.Tensors["whole"].ToFloats());
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], checkpoint.Tensors["turned"].ToFloats());
        Assert.Equal([5, 8], checkpoint.Tensors["part"].ToFloats());
        Dictionary<string, string> expected = new()
        {
            ["epoch"] = "11", ["done"] = "false", ["args.nheads"] = "4", ["args.dropout"] = "0.25", ["args.device"] = "cpu", ["args.negative"] = "-3",
            ["args.long"] = "1099511627776", ["args.text"] = string.Concat(Enumerable.Repeat("ünï", 100)),
        };
        Assert.Equal(expected, checkpoint.Metadata);
    }

    [Fact]
    public void Many_threads_read_what_one_reads()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture("training_zip.pth"));
        CheckpointTensor[] tensors = [.. Enumerable.Repeat(checkpoint.Tensors.Values, 50).SelectMany(tensor => tensor)];
        double[][] alone = [.. tensors.Select(tensor => tensor.ToDoubles())];
        double[][] together = [.. tensors.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(tensor => tensor.ToDoubles())];
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Numbers_go_into_memory_of_the_right_size_only()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Fixture("tensors_legacy.pth"));
        CheckpointTensor tensor = checkpoint.Tensors["transposed_noncontiguous"];
        float[] memory = new float[24];
        tensor.CopyTo(memory);
        Assert.Equal(tensor.ToFloats(), memory);
        Assert.Throws<ArgumentException>(() => tensor.CopyTo(new float[23]));
    }

    [Fact]
    public void A_closed_file_is_not_read()
    {
        Checkpoint checkpoint = Checkpoint.Open(Fixture("tensors_zip.pth"));
        checkpoint.Dispose();
        Assert.Throws<ObjectDisposedException>(() => checkpoint.Tensors["f32"].ToFloats());
    }

    [Fact]
    public void A_file_that_is_replaced_stays_what_it_was()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pth");
        File.Copy(Fixture("tensors_zip.pth"), path);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        File.Delete(path);
        Assert.Equal(12, checkpoint.Tensors["f32"].ToFloats().Length);
    }

    [Theory]
    [InlineData("runs_a_command_zip.pth")]
    [InlineData("runs_a_command_legacy.pth")]
    public void A_command_in_a_file_is_named_and_not_run(string file)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(Fixture(Path.Combine("bad", file))));
        Assert.Contains("posix.system", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Environment.CurrentDirectory, "PWNED*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(AppContext.BaseDirectory, "PWNED*", SearchOption.AllDirectories));
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
}
