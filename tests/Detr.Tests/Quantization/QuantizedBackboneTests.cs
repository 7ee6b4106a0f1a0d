using Detr.Imaging;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>A backbone in eight bits beside the one in single precision that it was made from.</summary>
public sealed class QuantizedBackboneTests
{
    private const int Height = 61;
    private const int Width = 76;

    public static TheoryData<BackboneOptions> Backbones { get; } =
    [
        SmallModel.Options.Backbone,
        new BackboneOptions { Blocks = [2, 2], Bottleneck = true, Width = 16 },
        new BackboneOptions { Blocks = [1, 2, 2], Bottleneck = true, Width = 16, Dilation = true },
    ];

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Features_differ_by_a_few_hundredths_and_not_between_thread_counts(BackboneOptions options)
    {
        Backbone backbone = Create(options);
        ActivationRanges ranges = new();
        float[] expected = Features(2, context =>
        {
            context.ActivationObserver = ranges;
            return backbone.Forward(context, Image(context));
        });
        QuantizedBackbone quantized = new(backbone, ranges);

        float[] actual = Features(1, context => quantized.Forward(context, Image(context)));

        Assert.Equal(actual, Features(3, context => quantized.Forward(context, Image(context))));
        double error = Math.Sqrt(expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Sum() / expected.Sum(a => (double)a * a));
        Assert.InRange(error, 1e-4, 0.05);
    }

    [Fact]
    public void Ranges_cover_all_that_was_seen()
    {
        ActivationRanges ranges = new();
        ranges.Observe("a", Tensor.FromArray([3], [1f, -2f, 3f]));
        ranges.Observe("b", Tensor.FromArray([1], [5f]));
        ranges.Observe("a", Tensor.FromArray([2], [4f, 0f]));

        Assert.Equal(new ActivationRange(-2f, 4f), ranges.ByLayer["a"]);
        Assert.Equal(new ActivationRange(5f, 5f), ranges.ByLayer["b"]);
    }

    [Fact]
    public void A_layer_without_a_usable_range_is_named()
    {
        Backbone backbone = Create(SmallModel.Options.Backbone);
        ActivationRanges ranges = Calibrate(backbone);
        Dictionary<string, ActivationRange> without = new(ranges.ByLayer, StringComparer.Ordinal), nonsense = new(ranges.ByLayer, StringComparer.Ordinal);
        without.Remove("layer1.0.conv2");
        nonsense["layer1.0.conv2"] = new ActivationRange(0f, float.NaN);

        Assert.All(
            new[] { without, nonsense },
            known => Assert.Contains("layer1.0.conv2", Assert.Throws<ArgumentException>(() => new QuantizedBackbone(backbone, new ActivationRanges(known))).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Where_a_gradient_is_wanted_single_precision_is_used()
    {
        DetrModel model = SmallModel.Create();
        float[] whole = Logits(tape: null);
        model.QuantizedBackbone = new QuantizedBackbone(model.Backbone, Calibrate(model.Backbone));

        Assert.NotEqual(whole, Logits(tape: null));
        Assert.Equal(whole, Logits(new Tape()));

        float[] Logits(Tape? tape) => Features(2, context =>
        {
            context.Tape = tape;
            return model.Forward(context, Image(context), PaddingMask.None(2, Height, Width)).Logits;
        });
    }

    [Fact]
    public void A_layer_takes_the_formats_that_it_was_made_for()
    {
        ConvolutionShape shape = new(0, 0, 0, 16, 4, 1, 1);
        QuantizedFormat factor = QuantizedFormat.Factor(-1f, 1f), term = QuantizedFormat.Term(2f);
        QuantizedLayer layer = new(QuantizedKernel.Quantize(shape, new float[64]), [1f, 1f, 1f, 1f], [-2f, 0f, 0.5f, 9f], factor, term);
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Tensor image = context.Zeros([1, 2, 3, 16]);

        Assert.Equal([-2f, 0f, 0.5f, 2f], context.Dequantize(context.Convolution(context.Quantize(image, factor), layer)).ToArray()[..4], (a, b) => Math.Abs(a - b) <= term.Scale / 2);
        Assert.Throws<ArgumentException>(() => context.Convolution(context.Quantize(image, QuantizedFormat.Factor(0f, 1f)), layer));
        Assert.Throws<ArgumentException>(() => context.Convolution(context.Quantize(context.Zeros([1, 2, 3, 15]), factor), layer));
        Assert.Throws<ArgumentException>(() => new QuantizedLayer(layer.Kernel, [1f, 1f, 1f, 1f], new float[4], term, term));
    }

    [Fact]
    public void Calibration_looks_at_pictures_as_the_detector_does()
    {
        DetrModel model = new(SmallModel.Options with { Size = 40, MaximumSize = 60 });
        DetrInitialization.Initialize(model, new RandomStream(3));
        using CpuBackend backend = new(2);
        List<int> done = [];

        ActivationRanges ranges = Calibration.Run(model, [new RgbImage(50, 70), new RgbImage(33, 32)], backend, done.Add, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2], done);
        Assert.Contains("backbone.0.body.conv1", ranges.ByLayer.Keys);
        Assert.InRange(ranges.ByLayer["backbone.0.body.input"].Low, -2.2f, -1.7f);
    }

    private static Backbone Create(BackboneOptions options)
    {
        ParameterSet parameters = [];
        Backbone backbone = new(parameters, string.Empty, options);
        RandomStream random = new(7);
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Shape.Rank == 4)
            {
                Initialization.HeFanOut(parameter, random);
            }
            else if (parameter.Name.EndsWith(".bias", StringComparison.Ordinal))
            {
                Initialization.Normal(parameter, random, 0.1);
            }
        }

        return backbone;
    }

    private static ActivationRanges Calibrate(Backbone backbone)
    {
        ActivationRanges ranges = new();
        Features(1, context =>
        {
            context.ActivationObserver = ranges;
            return backbone.Forward(context, Image(context));
        });
        return ranges;
    }

    private static float[] Features(int threads, Func<ForwardContext, Tensor> run)
    {
        using CpuBackend backend = new(threads);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        return run(context).ToArray();
    }

    private static Tensor Image(ForwardContext context)
    {
        RandomStream random = new(5);
        return context.Upload([2, 3, Height, Width], [.. Enumerable.Range(0, 2 * 3 * Height * Width).Select(_ => (float)random.NextGaussian())]);
    }
}
