using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>Both rules of denoising, fed with the references' random numbers, against the references' queries.</summary>
public sealed class DenoisingGoldenTests
{
    private const int Classes = 91;

    [Fact]
    public void Noised_objects_are_DN_DETRs()
    {
        GoldenFile golden = new("criterion_dn_detr_resnet50");
        Queue<double> draws = new([.. golden.Doubles("dn.draw.0"), .. NewLabels(golden), .. golden.Doubles("dn.draw.2")]);
        DenoisingQueries queries = Make(new ObjectDenoising(), draws);
        (double[] slots, double[] images) = (golden.Doubles("dn.group_index"), golden.Doubles("dn.batch_index"));
        AssertSame(golden, queries, [.. slots.Zip(images, (slot, image) => ((int)image, (int)slot))]);
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(_ => (int[])[0, 1, 2, -1, -1]), queries.Objects.Take(25));
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(_ => (int[])[0, 1, 2, 3, 4]), queries.Objects.Skip(25));
        Assert.False(queries.IsContrastive);
    }

    [Fact]
    public void Noised_objects_are_DINOs()
    {
        GoldenFile golden = new("criterion_dino_4scale_resnet50");
        Queue<double> draws = new([.. golden.Doubles("dn.draw.0"), .. NewLabels(golden), .. golden.Doubles("dn.draw.2").Select(sign => sign / 2), .. golden.Doubles("dn.draw.3")]);
        DenoisingQueries queries = Make(new ContrastiveDenoising(), draws);
        Assert.Equal(golden.Doubles("dn.groups")[0], queries.Groups);
        AssertSame(golden, queries, [.. Enumerable.Range(0, 40).SelectMany(repetition => (IEnumerable<(int, int)>)
            [.. Enumerable.Range(0, 3).Select(n => (0, (5 * repetition) + n)), .. Enumerable.Range(0, 5).Select(n => (1, (5 * repetition) + n))])]);
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(_ => (int[])[0, 1, 2, -1, -1, -1, -1, -1, -1, -1]), queries.Objects.Take(200));
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(_ => (int[])[0, 1, 2, 3, 4, -1, -1, -1, -1, -1]), queries.Objects.Skip(200));
        Assert.True(queries.IsContrastive);
    }

    private static IEnumerable<double> NewLabels(GoldenFile golden) => golden.Doubles("dn.draw.1").Select(label => (label + 0.5) / Classes);

    private static DenoisingQueries Make(IDenoisingRule rule, Queue<double> draws)
    {
        DenoisingQueries? queries = rule.Make(NumbersFromNames.Targets(), Classes, draws.Dequeue);
        Assert.Empty(draws);
        return Assert.IsType<DenoisingQueries>(queries);
    }

    /// <summary>Slots, labels, boxes and mask; places are the image and slot of each draw.</summary>
    private static void AssertSame(GoldenFile golden, DenoisingQueries queries, (int Image, int Slot)[] places)
    {
        Assert.Equal(golden.Doubles("dn.pad_size")[0], queries.Slots);
        double[] labels = golden.Doubles("dn.noised_labels");
        Assert.Equal(labels, places.Select(place => (double)queries.Labels[(place.Image * queries.Slots) + place.Slot]));
        Assert.Equal(labels.Length, queries.Labels.Count(label => label != DenoisingQueries.Empty));
        golden.AssertClose("dn.query_boxes_unsigmoid", queries.Boxes, 3e-6);

        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Assert.Equal(golden.Doubles("dn.attn_mask_corner"), queries.AttentionBias(context, 8).ToArray().Select(value => value == 0 ? 0.0 : value == float.NegativeInfinity ? 1 : 2));
    }
}
