namespace Detr.Models;

/// <summary>The shapes in which detectors of the family were published, with ResNet-50 and 91 classes.</summary>
public static class DetrPresets
{
    private const int Wide = 2048, Narrow = 1024;
    private const double Cooler = 20;

    private static readonly (string Name, DetrVariant Variant)[] Known =
    [
        ("detr", DetrVariant.Detr),
        ("conditional-detr", DetrVariant.ConditionalDetr),
        ("dab-detr", DetrVariant.DabDetr),
        ("dn-detr", DetrVariant.DnDetr),
        ("deformable-detr", DetrVariant.DeformableDetr),
        ("dino", DetrVariant.Dino),
    ];

    /// <summary>The detectors' names, such as <c>dn-detr</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>What a detector is called.</summary>
    /// <param name="variant">The detector.</param>
    public static string NameOf(DetrVariant variant) => Array.Find(Known, known => known.Variant == variant).Name;

    /// <summary>A detector by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static DetrVariant Find(string name) => Names.Contains(name, StringComparer.Ordinal)
        ? Array.Find(Known, known => known.Name == name).Variant
        : throw new ArgumentException($"There is no detector {name}; there are {string.Join(", ", Names)}.", nameof(name));

    /// <summary>The shape that has a name: of published weights, such as <c>detr_resnet50_dc5</c>, or of a detector as it was published, such as <c>dino</c>.</summary>
    /// <param name="name">One of <see cref="Names"/>, or of those in <see cref="ModelZoo"/>.</param>
    /// <returns>The shape, or null where nothing with a shape has that name.</returns>
    public static DetrOptions? FindShape(string name)
        => ModelZoo.Find(name)?.Options ?? (Names.Contains(name, StringComparer.Ordinal) ? Published(Find(name)) : null);

    /// <summary>A detector as it was published: of Deformable DETR and DINO with four feature maps, of Deformable DETR without refinement.</summary>
    /// <param name="variant">The detector.</param>
    public static DetrOptions Published(DetrVariant variant)
    {
        DetrOptions detr = new() { Variant = variant };
        return variant switch
        {
            DetrVariant.Detr => detr,
            DetrVariant.ConditionalDetr => Shaped(300, Wide, dropout: 0.1f, detr.SinePosition.Temperature),
            DetrVariant.DeformableDetr => Shaped(300, Narrow, dropout: 0.1f, detr.SinePosition.Temperature) with { SinePosition = new SinePositionOptions { HalfCell = true } },
            DetrVariant.Dino => Shaped(900, Wide, dropout: 0, Cooler),
            _ => Shaped(300, Wide, dropout: 0, Cooler),
        };

        DetrOptions Shaped(int queries, int feedForward, float dropout, double temperature) => detr with
        {
            Queries = queries,
            Transformer = detr.Transformer with { FeedForward = feedForward, Dropout = dropout },
            SinePosition = new SinePositionOptions { Temperature = temperature },
        };
    }
}
