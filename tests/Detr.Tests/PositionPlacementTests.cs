using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>Where positions are added, and of what waves they are made.</summary>
public sealed class PositionPlacementTests : IDisposable
{
    private static readonly PositionPlacement[] All = Enum.GetValues<PositionPlacement>();

    private readonly CpuBackend _backend = new(1);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Without_positions_it_makes_no_difference_and_with_them_each_place_differs()
    {
        float[][] nowhere = [.. All.Select(placement => Boxes(Model(placement, spread: 0)))];
        Assert.All(nowhere, boxes => Assert.Equal(nowhere[0], boxes));
        float[][] somewhere = [.. All.Select(placement => Boxes(Model(placement, spread: 1)))];
        for (int i = 0; i < All.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.NotEqual(somewhere[i], somewhere[j]);
            }
        }

        Assert.Equal(nowhere[0], somewhere[(int)PositionPlacement.None]);
    }

    [Theory]
    [InlineData(PositionPlacement.Attention)]
    [InlineData(PositionPlacement.Input)]
    [InlineData(PositionPlacement.Both)]
    [InlineData(PositionPlacement.Decoder)]
    public void Learnt_positions_learn_wherever_they_are_added(PositionPlacement placement)
        => Assert.Contains(Gradient(placement), value => value != 0);

    [Fact]
    public void Positions_that_are_added_nowhere_do_not_learn()
        => Assert.DoesNotContain(Gradient(PositionPlacement.None), value => value != 0);

    [Fact]
    public void A_file_remembers_it()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            DetrModel saved = new(SmallModel.Options with
            {
                SinePosition = new SinePositionOptions { Temperature = 20, Repeats = 2.5 }, Transformer = SmallModel.Options.Transformer with { PositionAt = PositionPlacement.Both },
            });
            ModelFile.Save(path, saved, [.. Enumerable.Range(0, 12).Select(id => new Data.Category(id, $"{id}"))]);
            DetrOptions loaded = ModelFile.Load(path).Model.Options;
            Assert.Equal(PositionPlacement.Both, loaded.Transformer.PositionAt);
            Assert.Equal(saved.Options.SinePosition, loaded.SinePosition);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(100, 0)]
    [InlineData(100, double.PositiveInfinity)]
    public void Waves_have_a_length(double temperature, double repeats)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new SinePositionOptions { Temperature = temperature, Repeats = repeats });

    [Fact]
    public void More_repeats_are_shorter_waves_alone()
    {
        float[] once = new SinePositionOptions { Temperature = 100 }.Wavelengths(16), thrice = new SinePositionOptions { Temperature = 100, Repeats = 3 }.Wavelengths(16);
        Assert.Equal((1f, 1f), (once[0], once[1]));
        Assert.All(once.Zip(thrice), pair => Assert.Equal(pair.First, 3 * pair.Second, 1e-4f));
        Assert.Equal(Math.Pow(100, 14.0 / 16), once[^1], 1e-3);
    }

    private static DetrModel Model(PositionPlacement placement, float spread)
    {
        DetrModel model = new(SmallModel.Options with
        {
            PositionEmbedding = PositionEmbedding.Learned, Transformer = SmallModel.Options.Transformer with { PositionAt = placement, Dropout = 0 },
        });
        DetrInitialization.Initialize(model, new RandomStream(1));
        foreach (Parameter embedding in model.Parameters.Where(parameter => parameter.Name.StartsWith("backbone.1.", StringComparison.Ordinal)))
        {
            embedding.Write([.. embedding.ToArray().Select(value => value * spread)]);
        }

        return model;
    }

    private float[] Boxes(DetrModel model)
    {
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        return model.Forward(context, Image(context), PaddingMask.None(1, 64, 64)).Boxes.ToArray();
    }

    private float[] Gradient(PositionPlacement placement)
    {
        Tape tape = new();
        ForwardContext context = new(_backend) { Tape = tape };
        using Scope scope = context.Scope();
        DetrModel model = Model(placement, spread: 1);
        tape.Backward(context, context.Sum(model.Forward(context, Image(context), PaddingMask.None(1, 64, 64)).Boxes));
        return model.Parameters["backbone.1.row_embed.weight"].Gradient?.ToArray() ?? [];
    }

    private static Tensor Image(ForwardContext context)
    {
        RandomStream random = new(2);
        return context.Upload([1, 3, 64, 64], [.. Enumerable.Range(0, 3 * 64 * 64).Select(_ => (float)random.NextDouble())]);
    }
}
