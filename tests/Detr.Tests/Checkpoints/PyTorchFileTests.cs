using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Tests.Checkpoints;
using Detr.Tests.Golden;
using Detr.Training;

namespace Detr.Tests.Checkpoints;

/// <summary>Models written for PyTorch, and trainings that PyTorch began.</summary>
public sealed partial class PyTorchFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-pth").FullName;

    public static TheoryData<bool, bool> Models => new() { { false, false }, { true, false }, { false, true } };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_in_pytorchs_form_is_the_same_when_read(bool preNorm, bool half)
    {
        // A head of 64 channels and a dilation cannot be seen from shapes.
        DetrOptions options = preNorm ? TinyDetr.PreNorm : TinyDetr.PostNorm with
        {
            Transformer = TinyDetr.PostNorm.Transformer with { Heads = 1 }, Backbone = TinyDetr.PostNorm.Backbone with { Dilation = true },
        };
        DetrModel model = TinyDetr.Create(options);
        string path = Path.Combine(_folder, "model.pth");
        ModelFile.SavePyTorch(path, model, half);
        (DetrModel loaded, _) = ModelFile.Load(path);
        Assert.Equal(options.Transformer, loaded.Options.Transformer);
        Assert.Equal(
            (options.Backbone.Dilation, options.PositionEmbedding, options.Queries, options.Classes),
            (loaded.Options.Backbone.Dilation, loaded.Options.PositionEmbedding, loaded.Options.Queries, loaded.Options.Classes));
        foreach (Parameter parameter in model.Parameters)
        {
            float[] values = half ? Array.ConvertAll(parameter.ToArray(), value => (float)(Half)value) : parameter.ToArray();
            Assert.Equal(values, loaded.Parameters[parameter.Name].ToArray());
        }

        ModelFile.SavePyTorch($"{path}2", model, half);
        Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes($"{path}2")));
    }

    [Fact]
    public void What_the_reference_has_no_option_for_is_kept_and_named()
    {
        DetrOptions options = TinyDetr.PreNorm with
        {
            Transformer = TinyDetr.PreNorm.Transformer with { PositionAt = PositionPlacement.Both }, PositionEmbedding = PositionEmbedding.Sine,
            SinePosition = new SinePositionOptions { Repeats = 8, Temperature = 99.5 }, Size = 160, MaximumSize = 267,
        };
        string path = Path.Combine(_folder, "model.pth");
        ModelFile.SavePyTorch(path, TinyDetr.Create(options));
        DetrOptions loaded = ModelFile.Load(path).Model.Options;
        Assert.Equal((options.Transformer, options.SinePosition, options.Size, options.MaximumSize), (loaded.Transformer, loaded.SinePosition, loaded.Size, loaded.MaximumSize));
        Assert.Equal(
            [
                "positions are added to the encoder's input and to queries and keys, and there to queries and keys alone",
                "the waves of positions have 8 repeats and temperature 99.5, and there 1 and 10000",
                "the backbone is none of torchvision's ResNets",
            ],
            ReferenceDifferences.Of(options));
        Assert.Empty(ReferenceDifferences.Of(new DetrOptions { Backbone = BackboneOptions.FromName("resnet18") with { Dilation = true, Norm = BackboneNorm.Batch } }));
    }

    [Fact]
    public void The_archive_and_its_pickle_are_as_torch_wants_them()
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        string path = Path.Combine(_folder, "model.pth");
        ModelFile.SavePyTorch(path, model);
        using ZipArchive archive = ZipFile.OpenRead(path);
        Assert.Equal(
            ["archive/data.pkl", .. Enumerable.Range(0, model.Parameters.Count).Select(i => $"archive/data/{i}"), "archive/version"], archive.Entries.Select(entry => entry.FullName));
        Assert.All(archive.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        Assert.Equal(model.Parameters.Select(parameter => 4L * parameter.Length), archive.Entries.Skip(1).SkipLast(1).Select(entry => entry.Length));

        using MemoryStream bytes = new();
        using (Stream stream = archive.Entries[0].Open())
        {
            stream.CopyTo(bytes);
        }

        byte[] pickle = bytes.ToArray();
        Assert.Equal([0x80, 2, (byte)'}', (byte)'('], pickle[..4]);
        Assert.Equal((byte)'.', pickle[^1]);
        ILookup<string, Match> globals = Globals().Matches(Encoding.Latin1.GetString(pickle)).ToLookup(match => match.Groups[1].Value, StringComparer.Ordinal);
        int tensors = model.Parameters.Count;
        Assert.Equal(
            (tensors, tensors, tensors + 1), (globals["torch\nFloatStorage"].Count(), globals["torch._utils\n_rebuild_tensor_v2"].Count(), globals["collections\nOrderedDict"].Count()));
    }

    [Fact]
    public void A_training_of_the_reference_goes_on_with_its_moments()
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        string path = Path.Combine(_folder, "checkpoint.pth");
        WriteTraining(path, model, groups => groups);
        (DetrModel loaded, _) = ModelFile.Load(path);
        TrainableParts.FreezeAsTheReference(loaded.Parameters);
        using CpuBackend backend = new(1);
        Trainer trainer = new(loaded, new SetCriterion(3, new HungarianMatcher(), new CriterionOptions()), new TrainingOptions(), backend, 1);
        ReferenceCheckpoint.Restore(path, trainer);
        Assert.Equal((8, 0, 1234), (trainer.State.Epoch, trainer.State.Batch, trainer.State.Steps));
        foreach (Parameter parameter in trainer.Optimizer.Groups.SelectMany(group => group.Parameters))
        {
            (Tensor first, Tensor second) = trainer.Optimizer.Moments(parameter);
            float[] values = model.Parameters[parameter.Name].ToArray();
            Assert.Equal(Array.ConvertAll(values, value => 2 * value), first.ToArray());
            Assert.Equal(Array.ConvertAll(values, value => value * value), second.ToArray());
        }
    }

    [Fact]
    public void A_training_of_other_parameters_is_refused()
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        string path = Path.Combine(_folder, "checkpoint.pth");
        WriteTraining(path, model, groups => [[.. groups[0], .. groups[1]]]);
        using CpuBackend backend = new(1);
        Trainer trainer = new(ModelFile.Load(path).Model, new SetCriterion(3, new HungarianMatcher(), new CriterionOptions()), new TrainingOptions(), backend, 1);
        Assert.Contains("in groups of", Assert.Throws<InvalidDataException>(() => ReferenceCheckpoint.Restore(path, trainer)).Message, StringComparison.Ordinal);
        ModelFile.SavePyTorch(path, model);
        Assert.Contains("--pretrained", Assert.Throws<InvalidDataException>(() => ReferenceCheckpoint.Restore(path, trainer)).Message, StringComparison.Ordinal);
    }

    /// <summary>Writes what the reference's main program saves: moments are twice the weights and their squares.</summary>
    private static void WriteTraining(string path, DetrModel model, Func<Parameter[][], Parameter[][]> regroup)
    {
        DetrModel frozen = TinyDetr.Create(model.Options);
        TrainableParts.FreezeAsTheReference(frozen.Parameters);
        ILookup<bool, Parameter> trained = frozen.Parameters.Where(parameter => parameter.Trainable).ToLookup(parameter => parameter.Name.Contains("backbone", StringComparison.Ordinal));
        Parameter[][] groups = regroup([[.. trained[false]], [.. trained[true]]]);
        Parameter[] inOrder = [.. groups.SelectMany(group => group)];
        float[] numbers =
        [
            .. model.Parameters.SelectMany(parameter => parameter.ToArray()),
            .. inOrder.SelectMany(parameter => parameter.ToArray()).Select(value => 2 * value),
            .. inOrder.SelectMany(parameter => parameter.ToArray()).Select(value => value * value),
        ];
        int offset = 0;
        PickleBuilder pickle = new PickleBuilder().Raw("}(").Text("model").Global("collections", "OrderedDict").Raw(")R(");
        foreach (Parameter parameter in model.Parameters)
        {
            View(pickle.Text(parameter.Name), parameter.Shape, offset);
            offset += parameter.Length;
        }

        int second = offset + inOrder.Sum(parameter => parameter.Length);
        pickle.Raw("u").Text("optimizer").Raw("}(").Text("state").Raw("}(");
        for (int i = 0; i < inOrder.Length; i++)
        {
            pickle.Integer(i).Raw("}(").Text("step").Integer(1234);
            View(pickle.Text("exp_avg"), inOrder[i].Shape, offset);
            View(pickle.Text("exp_avg_sq"), inOrder[i].Shape, second);
            pickle.Raw("u");
            offset += inOrder[i].Length;
            second += inOrder[i].Length;
        }

        pickle.Raw("u").Text("param_groups").Raw("](");
        int next = 0;
        foreach (Parameter[] group in groups)
        {
            pickle.Raw("}").Text("params").Raw("](");
            foreach (Parameter _ in group)
            {
                pickle.Integer(next++);
            }

            pickle.Raw("es");
        }

        PickleBuilder.WriteZip(path, pickle.Raw("eu").Text("epoch").Integer(7).Raw("u.").ToArray(), numbers);

        void View(PickleBuilder builder, Shape shape, int from)
        {
            long[] axes = [.. shape.Select(axis => (long)axis)], strides = [.. Enumerable.Range(0, shape.Rank).Select(axis => axes[(axis + 1)..].Aggregate(1L, (product, size) => product * size))];
            builder.Tensor(numbers.Length, from, axes, strides);
        }
    }

    [GeneratedRegex(@"c(collections\nOrderedDict|torch\nFloatStorage|torch\._utils\n_rebuild_tensor_v2)\n")]
    private static partial Regex Globals();
}
