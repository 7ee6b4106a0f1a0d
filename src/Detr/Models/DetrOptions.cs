using Detr.Data;

namespace Detr.Models;

/// <summary>All that a detector is made of. The defaults are the published model with ResNet-50.</summary>
public sealed record DetrOptions
{
    private const int PublishedSize = 800;
    private const int PublishedMaximumSize = 1333;

    /// <summary>Which detector of the family it is.</summary>
    public DetrVariant Variant { get; init; }

    /// <summary>The backbone's shape.</summary>
    public BackboneOptions Backbone { get; init; } = new();

    /// <summary>The transformer's shape.</summary>
    public TransformerOptions Transformer { get; init; } = new();

    /// <summary>How cells are told where they are.</summary>
    public PositionEmbedding PositionEmbedding { get; init; }

    /// <summary>The waves of <see cref="PositionEmbedding.Sine"/>.</summary>
    public SinePositionOptions SinePosition { get; init; } = new();

    /// <summary>Object queries: the most objects that an image can have.</summary>
    public int Queries { get; init; } = 100;

    /// <summary>Copies of all queries, each with a learned pattern of its own (Liu et al. 2022, appendix C, after Wang et al. 2022); 0 for none. DAB-DETR and DN-DETR alone.</summary>
    public int QueryPatterns { get; init; }

    /// <summary>Object queries with all their patterns: as many as there are answers, but where cells propose objects and a small picture has fewer cells.</summary>
    public int AllQueries => Queries * Math.Max(1, QueryPatterns);

    /// <summary>What only models with deformable attention have.</summary>
    public DeformableOptions Deformable { get; init; } = new();

    /// <summary>Whether the transformer samples a few places of the image where others attend to all cells.</summary>
    public bool HasDeformableAttention => Variant is DetrVariant.DeformableDetr or DetrVariant.Dino;

    /// <summary>Classes, without the no-object class that DETR adds.</summary>
    public int Classes { get; init; } = 91;

    /// <summary>Numbers that are read from a query for its class: DETR's classes compete with no-object, its successors' stand for themselves.</summary>
    public int ClassLogits => Scoring == ClassScoring.Softmax ? Classes + 1 : Classes;

    /// <summary>How these numbers say which class a query sees.</summary>
    public ClassScoring Scoring => Variant == DetrVariant.Detr ? ClassScoring.Softmax : ClassScoring.Sigmoid;

    /// <summary>How many answers for an image the published evaluation looks at.</summary>
    public int Answers => Variant switch
    {
        DetrVariant.Detr => Queries,
        DetrVariant.ConditionalDetr or DetrVariant.DeformableDetr => 100,
        _ => 300,
    };

    /// <summary>Whether a mask head stands on the detector, for instance and panoptic segmentation; see <see cref="MaskHead"/>.</summary>
    public bool Masks { get; init; }

    /// <summary>The short side that pictures are brought to before the model sees them, in pixels: best what it was trained on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Size { get; init => field = Side(value, PublishedSize); } = PublishedSize;

    /// <summary>The long side's limit, in pixels, which wins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int MaximumSize { get; init => field = Side(value, PublishedMaximumSize); } = PublishedMaximumSize;

    /// <summary>How pictures are resized for this model.</summary>
    /// <param name="size">Another short side than <see cref="Size"/>; null for that.</param>
    /// <param name="maximumSize">Another limit of the long side; null for one in the same proportion as the model's.</param>
    public ResizeShortSide Resize(int? size = null, int? maximumSize = null)
        => new(size ?? Size, maximumSize ?? (size is { } side ? Math.Max(side, (int)Math.Round((double)side * MaximumSize / Size)) : MaximumSize));

    /// <summary>Refuses sizes that no model can have.</summary>
    /// <exception cref="ArgumentException">A size is below one.</exception>
    internal void Check()
    {
        int[] sizes =
        [
            .. Backbone.Blocks, Backbone.Blocks.Count, Backbone.Width, Backbone.StemKernel, Transformer.Channels, Transformer.Heads,
            Transformer.EncoderLayers + 1, Transformer.DecoderLayers, Transformer.FeedForward, Queries, QueryPatterns + 1, Deformable.Levels, Deformable.Points, Classes,
        ];
        if (sizes.Min() < 1)
        {
            throw new ArgumentException("All of a model's sizes must be at least 1.", nameof(Transformer));
        }
    }

    // In files of the first versions a size may stand as 0.
    private static int Side(int value, int published)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value == 0 ? published : value;
    }
}
