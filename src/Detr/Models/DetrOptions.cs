namespace Detr.Models;

/// <summary>All that a DETR is made of. The defaults are the published model with ResNet-50.</summary>
public sealed record DetrOptions
{
    /// <summary>The backbone's shape.</summary>
    public BackboneOptions Backbone { get; init; } = new();

    /// <summary>The transformer's shape.</summary>
    public TransformerOptions Transformer { get; init; } = new();

    /// <summary>How cells are told where they are.</summary>
    public PositionEmbedding PositionEmbedding { get; init; }

    /// <summary>Object queries: the most objects that an image can have.</summary>
    public int Queries { get; init; } = 100;

    /// <summary>Classes, without the no-object class that the model adds.</summary>
    public int Classes { get; init; } = 91;
}
