using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data.Tests.Transforms;

/// <summary>Colours change, and nothing else; the adjustments themselves are held to torchvision's bytes in the tests of Detr.Imaging.</summary>
public sealed class ColorJitterTests
{
    private static readonly BoxTargets Targets = new([3], [0.5f, 0.5f, 0.2f, 0.4f]);

    [Fact]
    public void Boxes_stay_and_the_same_seed_gives_the_same_colours()
    {
        RgbImage image = new ShapesDataset(1, 1, new ShapesOptions { Size = 32 }).Load(0);
        ColorJitter jitter = new(0.4, 0.4, 0.4, 0.1);
        HashSet<string> results = [];
        for (ulong seed = 0; seed < 20; seed++)
        {
            (RgbImage result, BoxTargets targets) = jitter.Apply(image, Targets, new RandomStream(seed));
            Assert.Same(Targets, targets);
            Assert.Equal(result.Pixels, jitter.Apply(image, Targets, new RandomStream(seed)).Image.Pixels);
            results.Add(Convert.ToHexString(result.Pixels));
        }

        Assert.Equal(20, results.Count);
    }

    [Fact]
    public void Nothing_to_change_leaves_the_picture()
    {
        RgbImage image = new(3, 2);
        Assert.Same(image, new ColorJitter(0, 0, 0, 0).Apply(image, Targets, new RandomStream(1)).Image);
    }

    [Fact]
    public void Factors_spread_evenly_over_their_range()
    {
        RgbImage grey = new(1, 1);
        grey.Pixels.AsSpan().Fill(100);
        int[] values = [.. Enumerable.Range(0, 2000).Select(seed => (int)new ColorJitter(0.4, 0, 0, 0).Apply(grey, Targets, new RandomStream((ulong)seed)).Image.Pixels[0])];
        Assert.InRange(values.Min(), 60, 61);
        Assert.InRange(values.Max(), 138, 140);
        Assert.InRange(values.Average(), 98, 101);
        Assert.Equal(0, Enumerable.Range(0, 500).Min(seed => new ColorJitter(3, 0, 0, 0).Apply(grey, Targets, new RandomStream((ulong)seed)).Image.Pixels[0]));
    }
}
