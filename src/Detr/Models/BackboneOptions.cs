namespace Detr.Models;

/// <summary>A ResNet's shape (He et al. 2016). The defaults are ResNet-50's.</summary>
public sealed record BackboneOptions
{
    /// <summary>Residual blocks in each stage; every stage but the first halves the resolution.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [3, 4, 6, 3];

    /// <summary>Whether blocks are bottlenecks (1×1, 3×3, 1×1 with four times the channels) or two 3×3 convolutions.</summary>
    public bool Bottleneck { get; init; } = true;

    /// <summary>Channels of the stem and of the first stage's blocks; each stage doubles them.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Rows and columns of the stem's kernel, which has stride 2.</summary>
    public int StemKernel { get; init; } = 7;

    /// <summary>Whether the stem ends in a 3×3 max pooling of stride 2.</summary>
    public bool StemPooling { get; init; } = true;

    /// <summary>Whether the last stage keeps its resolution and dilates its kernels instead (DC5).</summary>
    public bool Dilation { get; init; }

    /// <summary>How activations are normalised.</summary>
    public BackboneNorm Norm { get; init; } = BackboneNorm.Frozen;

    /// <summary>Channels of the last stage.</summary>
    public int OutputChannels => StageChannels(Blocks.Count - 1);

    /// <summary>Pixels from one cell of the last stage to the next.</summary>
    public int Stride => (StemPooling ? 4 : 2) << (Blocks.Count - 1 - (Dilation ? 1 : 0));

    /// <summary>Channels of a stage.</summary>
    /// <param name="stage">From 0, the finest.</param>
    public int StageChannels(int stage) => (Width << stage) * (Bottleneck ? 4 : 1);

    /// <summary>Rows and columns of each stage's map of an image, finest first.</summary>
    /// <param name="height">The image's rows.</param>
    /// <param name="width">Its columns.</param>
    public IReadOnlyList<(int Height, int Width)> StageSizes(int height, int width)
    {
        List<(int Height, int Width)> sizes = [StemPooling ? Half(Half((height, width))) : Half((height, width))];
        for (int stage = 1; stage < Blocks.Count; stage++)
        {
            sizes.Add(Dilation && stage == Blocks.Count - 1 ? sizes[^1] : Half(sizes[^1]));
        }

        return sizes;
    }

    /// <summary>Half a size, rounded up, as layers of stride 2 leave it.</summary>
    internal static (int Height, int Width) Half((int Height, int Width) size) => ((size.Height + 1) / 2, (size.Width + 1) / 2);

    /// <summary>A backbone by name: one of the reference's, or a small one that two cores train in minutes.</summary>
    /// <param name="name">small, resnet18, resnet34, resnet50 or resnet101.</param>
    /// <exception cref="ArgumentException">There is no such backbone.</exception>
    public static BackboneOptions FromName(string name) => name switch
    {
        "small" => new() { Blocks = [1, 1, 1, 1], Bottleneck = false, Width = 32, StemKernel = 3, StemPooling = false },
        "resnet18" => new() { Blocks = [2, 2, 2, 2], Bottleneck = false },
        "resnet34" => new() { Blocks = [3, 4, 6, 3], Bottleneck = false },
        "resnet50" => new(),
        "resnet101" => new() { Blocks = [3, 4, 23, 3] },
        _ => throw new ArgumentException($"There is no backbone {name}; there are small, resnet18, resnet34, resnet50 and resnet101.", nameof(name)),
    };
}
