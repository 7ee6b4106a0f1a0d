using Detr.Data;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Tests;

/// <summary>Models with a backbone in eight bits, in files.</summary>
public sealed class QuantizedFileTests : IDisposable
{
    private const string Kernel = "backbone.0.body.layer1.0.conv1.weight";
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-int8").FullName;

    private string FilePath => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loaded_model_predicts_what_the_saved_one_did(bool deferred)
    {
        DetrModel model = Quantized();
        ModelFile.Save(FilePath, model, SmallModel.Scenes(1).Categories);

        DetrModel loaded = ModelFile.Load(FilePath, deferred: deferred).Model;
        ModelFile.Save(FilePath, loaded, SmallModel.Scenes(1).Categories);

        Assert.Equal(Predict(model), Predict(loaded));
        Assert.Equal(Predict(model), Predict(ModelFile.Load(FilePath).Model));
    }

    [Fact]
    public void Masks_are_made_of_maps_in_eight_bits_too_and_differ_little()
    {
        DetrModel model = new(SmallModel.Options with { Masks = true });
        DetrInitialization.Initialize(model, new RandomStream(3));
        float[] whole = Masks(model);
        using CpuBackend backend = new(2);
        model.QuantizedBackbone = new QuantizedBackbone(model.Backbone, Calibration.Run(model, [SmallModel.Scenes(1).Load(0)], backend));
        ModelFile.Save(FilePath, model, SmallModel.Scenes(1).Categories);
        float[] rounded = Masks(ModelFile.Load(FilePath, deferred: true).Model);
        Assert.Equal(Masks(model), rounded);
        double error = Math.Sqrt(whole.Zip(rounded, (a, b) => (double)(a - b) * (a - b)).Sum() / whole.Sum(a => (double)a * a));
        Assert.InRange(error, 1e-5, 0.2);
    }

    [Fact]
    public void Weights_of_eight_bits_are_also_there_in_single_precision()
    {
        DetrModel model = Quantized();
        ModelFile.Save(FilePath, model, SmallModel.Scenes(1).Categories);

        DetrModel loaded = ModelFile.Load(FilePath, deferred: true).Model;

        QuantizedKernel kernel = loaded.QuantizedBackbone!.Kernels[Kernel];
        Assert.False(loaded.Parameters[Kernel].IsInMemory);
        float[] expected = model.Parameters[Kernel].ToArray(), actual = loaded.Parameters[Kernel].ToArray();
        int each = expected.Length / kernel.Scales.Length;
        for (int i = 0; i < expected.Length; i++)
        {
            float step = kernel.Scales[i / each];
            Assert.InRange(actual[i], expected[i] - (0.501f * step), expected[i] + (0.501f * step));
        }

        using Checkpoint checkpoint = Checkpoint.Open(FilePath);
        Assert.Equal(ElementType.Int8, checkpoint.Tensors[Kernel].Type);
        Assert.Equal(kernel.Values.ToArray(), checkpoint.Tensors[Kernel].ToSignedBytes());
        Assert.Throws<InvalidOperationException>(() => checkpoint.Tensors["class_embed.bias"].ToSignedBytes());
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_sentence()
    {
        DetrModel model = Quantized();
        IReadOnlyList<Category> categories = SmallModel.Scenes(1).Categories;
        ModelFile.Save(FilePath, model, categories);
        byte[] whole = File.ReadAllBytes(FilePath);
        (int kernel, int scale) = (Offset(Kernel), Offset(Kernel + SafetensorsWriter.ScaleSuffix));

        Refused(file => file.AsSpan(kernel, 64).Fill(127), "too large");
        Refused(file => file.AsSpan(scale, 4).Clear(), "scale");
        Refused(file => Replace(file, "layer1.0.conv1\\u0022:{\\u0022low", "layer1.0.convX\\u0022:{\\u0022low"), "layer1.0.conv1");
        Refused(file => Replace(file, "detr.activation_ranges\":\"{", "detr.activation_ranges\":\"["), "describes a model");

        // Without their scales they are whole numbers, and a tensor that belongs nowhere.
        Refused(file => Replace(file, "layer1.0.conv1.weight_scale", "layer1.0.conv1.weight_scala"), "weight_scala");

        void Refused(Action<byte[]> damage, string named)
        {
            byte[] file = [.. whole];
            damage(file);
            File.WriteAllBytes(FilePath, file);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => ModelFile.Load(FilePath, deferred: true));
            Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }

        int Offset(string name)
        {
            using System.Text.Json.JsonDocument header = System.Text.Json.JsonDocument.Parse(whole.AsMemory(8, (int)BitConverter.ToInt64(whole)));
            return 8 + (int)BitConverter.ToInt64(whole) + header.RootElement.GetProperty(name).GetProperty("data_offsets")[0].GetInt32();
        }

        static void Replace(byte[] file, string from, string to)
        {
            int at = file.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(from));
            Assert.True(at >= 0, from);
            System.Text.Encoding.UTF8.GetBytes(to).CopyTo(file, at);
        }
    }

    private static DetrModel Quantized()
    {
        DetrModel model = SmallModel.Create();
        using CpuBackend backend = new(2);
        model.QuantizedBackbone = new QuantizedBackbone(model.Backbone, Calibration.Run(model, [SmallModel.Scenes(1).Load(0)], backend));
        return model;
    }

    private static float[] Predict(DetrModel model) => Run(model, (_, output) => [.. output.Logits.ToArray(), .. output.Boxes.ToArray()]);

    private static float[] Masks(DetrModel model) => Run(model, (context, output) => model.MaskHead!.Forward(context, output.Masks!, 0, [0, 1]).ToArray());

    private static float[] Run(DetrModel model, Func<ForwardContext, DetrOutput, float[]> read)
    {
        using CpuBackend backend = new(2);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Tensor image = context.Upload([1, 3, 48, 64], [.. Enumerable.Range(0, 3 * 48 * 64).Select(i => MathF.Sin(i * 0.1f))]);
        return read(context, model.Forward(context, image, PaddingMask.None(1, 48, 64), AuxiliaryOutputs.Masks));
    }
}
