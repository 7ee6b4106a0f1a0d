using System.CommandLine;
using Detr.Data;

namespace Detr.Cli.Training;

/// <summary>The options that say how training pictures are varied.</summary>
internal sealed class AugmentArguments
{
    // Hue is felt more than the others: torchvision's usual 0.4, 0.4, 0.4, 0.1.
    private const double HueShare = 0.25;

    private readonly Option<string> _augment = new("--augment")
    {
        HelpName = "KIND", Description = "reference (flips, crops, many sizes, as the paper), flip, or none. Generated scenes are only flipped.", DefaultValueFactory = _ => "reference",
    };

    private readonly Option<double> _jitter = new("--color-jitter") { HelpName = "STRENGTH", Description = "Changes brightness, contrast and saturation by up to this share, and hue by a quarter of it, in turns; 0.4 is usual." };
    private readonly Option<double> _mosaic = new("--mosaic") { HelpName = "CHANCE", Description = "Makes this share of training pictures of four each, from 0 to 1; for few photographs." };

    /// <summary>All of them, in the order of help.</summary>
    internal IReadOnlyList<Option> All => [_augment, _jitter, _mosaic];

    /// <summary>All of them with their values.</summary>
    internal IEnumerable<(Option Option, object? Value)> Settings(ParseResult parsed) => [(_augment, parsed.GetValue(_augment)), (_jitter, parsed.GetValue(_jitter)), (_mosaic, parsed.GetValue(_mosaic))];

    /// <summary>The loader of training pictures.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="dataset">The photographs.</param>
    /// <param name="isGenerated">Whether they are generated scenes.</param>
    /// <param name="resize">The size they are brought to.</param>
    /// <param name="queries">The most objects that the model can find.</param>
    /// <param name="batch">How many make a batch.</param>
    /// <param name="seed">Decides order and augmentation.</param>
    /// <param name="masks">Whether masks are wanted.</param>
    /// <exception cref="InputException">An option makes no sense.</exception>
    internal BatchLoader Loader(ParseResult parsed, IDetectionDataset dataset, bool isGenerated, ResizeShortSide resize, int queries, int batch, ulong seed, bool masks = false)
    {
        (double jitter, double mosaic) = (parsed.GetValue(_jitter), parsed.GetValue(_mosaic));
        if (!(jitter is >= 0 and <= 1 && mosaic is >= 0 and <= 1))
        {
            throw new InputException("--color-jitter and --mosaic are from 0 to 1.");
        }

        int maximum = resize.MaximumSize ?? int.MaxValue;
        string name = parsed.GetRequiredValue(_augment);
        IReadOnlyList<ITransform> shapes = name switch
        {
            "reference" or "flip" when isGenerated => [new HorizontalFlip()],
            "reference" => Augmentation.Reference(resize.Size, maximum),
            "flip" => Augmentation.Flip(resize.Size, maximum),
            "none" => isGenerated ? [] : [resize],
            _ => throw new InputException($"--augment {name} is not known; there are reference, flip and none."),
        };
        return new BatchLoader(dataset, jitter > 0 ? [.. shapes, new ColorJitter(jitter, jitter, jitter, jitter * HueShare)] : shapes, batch, seed)
        {
            WithMasks = masks,
            Mosaic = mosaic > 0 ? new Mosaic(mosaic) { MostObjects = queries } : null,
        };
    }
}
