using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>A model that trains in seconds.</summary>
internal static class SmallModel
{
    internal static DetrOptions Options { get; } = new()
    {
        Backbone = new BackboneOptions { Blocks = [1, 1, 1], Bottleneck = false, Width = 8, StemKernel = 3, StemPooling = false, Norm = BackboneNorm.Batch },
        Transformer = new TransformerOptions { Channels = 32, Heads = 2, EncoderLayers = 1, DecoderLayers = 2, FeedForward = 64, Dropout = 0.1f },
        Queries = 10,
        Classes = 12,
    };

    internal static ShapesDataset Scenes(int count) => new(count, 5, new ShapesOptions { Size = 64 });

    internal static DetrModel Create(DetrOptions? options = null)
    {
        DetrModel model = new(options ?? Options);
        DetrInitialization.Initialize(model, new RandomStream(1));
        return model;
    }
}
