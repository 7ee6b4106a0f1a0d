using System.Globalization;
using Detr.Data;
using Detr.Imaging;
using Detr.Models;
using Detr.Onnx.Tests;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Benchmarks;

/// <summary>A model and the pictures that it is trained on to see how long a step takes.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Options">The model's shape.</param>
/// <param name="Training">Learning rates and the rest.</param>
/// <param name="Batch">Pictures in a step.</param>
/// <param name="Height">Their rows.</param>
/// <param name="Width">Their columns.</param>
/// <param name="Objects">Objects in each.</param>
internal sealed record TrainingCase(string Name, DetrOptions Options, TrainingOptions Training, int Batch, int Height, int Width, int Objects)
{
    /// <summary>The paper's model as it is tuned, and the small one as <c>detr train</c> makes it for generated scenes.</summary>
    internal static IReadOnlyList<TrainingCase> All { get; } =
    [
        new("detr_resnet50", new DetrOptions(), new TrainingOptions(), 2, 480, 640, 7),
        new(
            "small",
            new DetrOptions
            {
                Backbone = BackboneOptions.FromName("small") with { Norm = BackboneNorm.Batch },
                Transformer = new TransformerOptions { Channels = 128, Heads = 4, EncoderLayers = 2, DecoderLayers = 3, FeedForward = 256, Dropout = 0 },
                Queries = 20,
                Classes = 12,
            },
            new TrainingOptions { LearningRate = 3e-4f, BackboneLearningRate = 3e-4f },
            16, 128, 128, 4),
    ];

    internal static TrainingCase FromName(string name)
        => All.FirstOrDefault(entry => entry.Name == name) ?? throw new ArgumentException($"There is no model {name}; there are {string.Join(", ", All.Select(entry => entry.Name))}.", nameof(name));

    /// <summary>The same with another batch or size, where these are given, and with blocks that are computed again or kept.</summary>
    internal TrainingCase With(string batch, string size, bool recompute)
    {
        int[] sides = size.Length == 0 ? [Height, Width] : [.. size.Split('x').Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
        return this with
        {
            Batch = batch.Length == 0 ? Batch : int.Parse(batch, CultureInfo.InvariantCulture), Height = sides[0], Width = sides[1],
            Training = Training with { Recompute = recompute },
        };
    }

    internal DetrModel CreateModel()
    {
        DetrModel model = new(Options);
        ComparableWeights.Fill(model.Parameters);
        if (Options.Backbone.Norm == BackboneNorm.Frozen)
        {
            TrainableParts.FreezeAsTheReference(model.Parameters);
        }

        return model;
    }

    internal Trainer CreateTrainer(DetrModel model, IBackend backend)
        => new(model, new SetCriterion(Options.Classes, new HungarianMatcher(), new CriterionOptions()), Training, backend, seed: 1);

    /// <summary>Pictures of noise with boxes anywhere.</summary>
    internal DetectionBatch CreateBatch()
    {
        RandomStream random = new(5);
        return BatchBuilder.Build([.. Enumerable.Range(0, Batch).Select(_ => (Picture(random), Targets(random)))], [.. Enumerable.Range(0, Batch)]);
    }

    private RgbImage Picture(RandomStream random)
    {
        RgbImage picture = new(Width, Height);
        foreach (ref byte value in picture.Pixels.AsSpan())
        {
            value = (byte)random.Next(256);
        }

        return picture;
    }

    private BoxTargets Targets(RandomStream random)
    {
        int[] labels = [.. Enumerable.Range(0, Objects).Select(_ => random.Next(Options.Classes))];
        float[] boxes = new float[4 * Objects];
        for (int i = 0; i < boxes.Length; i++)
        {
            double share = random.NextDouble();
            boxes[i] = (float)(i % 4 < 2 ? 0.2 + (0.6 * share) : 0.05 + (0.3 * share));
        }

        return new BoxTargets(labels, boxes);
    }
}
