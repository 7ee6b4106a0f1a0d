using Detr.Tensors;

namespace Detr.Models;

/// <summary>How a detector begins when nothing is loaded: as in its authors' program, tensor by tensor.</summary>
public static class DetrInitialization
{
    // −ln 99, one in a hundred for each class, so that few answers are wrong at first (Lin et al. 2017, RetinaNet, section 4.1).
    private const float RareClass = -4.59511985f;

    // The logit of a side where boxes lie near points and have no size of their own.
    private const float SmallSide = -2;

    // The first rule whose detectors and names fit says how a parameter begins.
    private static readonly Rule[] Rules =
    [
        // What is looked up: where cells are, what queries and the classes that they begin as are, which level a cell belongs to.
        new(Any, name => name.Has("row_embed") || name.Has("col_embed"), FromZeroToOne),
        new(Any, name => name.Owner is "query_embed" or "refpoint_embed" or "tgt_embed" or "label_enc" or "patterns" || name.Leaf == "level_embed", Normal),

        new(Any, name => name.Has("backbone"), BackboneKernel),

        // Heads. Boxes begin at their queries' reference points, and small where these are points.
        new(HasSigmoids, name => name.IsOfHead("class_embed") && name.IsBias, RareClasses),
        new(HasPoints, name => name.IsOfFirst("bbox_embed") && name is { Owner: "2", IsBias: true }, SmallBoxes),
        new(HasReferences, name => name.IsOfHead("bbox_embed") && name.Owner == "2", Zero),
        new(Any, name => name.IsOfHead("class_embed") || name.IsOfHead("bbox_embed"), FanInOfChannels),

        // Maps on their way to the transformer; norms are as they were made.
        new(Samples, name => name.Has("input_proj") && name.Owner == "0", Kernel),
        new(Samples, name => name.Has("input_proj"), Keep),
        new(Any, name => name.Has("input_proj"), FanInOfFeatures),

        // Attention that samples: each head looks its own way, as it was made, and whatever a query is.
        new(Any, name => name is { Owner: "sampling_offsets", IsBias: true }, Keep),
        new(Any, name => name.Owner is "sampling_offsets" or "attention_weights", Zero),
        new(Any, name => name.Owner is "value_proj" or "output_proj" or "reference_points", Kernel),

        new(Any, name => MaskHead.Owns(name.Text), MaskKernel),

        // All else of the transformer: matrices, their biases but those that end an attention, norms and slopes as they were made.
        new(Any, name => name is { Owner: "out_proj", IsBias: true }, Keep),
        new(Any, name => name.IsBias, FanInOfMatrix),
        new(Any, _ => true, Matrix),
    ];

    private delegate void Beginning(Parameter parameter, DetrModel model, RandomStream random);

    /// <summary>Sets every parameter; buffers keep what they have.</summary>
    /// <param name="model">The model.</param>
    /// <param name="random">The random numbers.</param>
    public static void Initialize(DetrModel model, RandomStream random)
    {
        foreach (Parameter parameter in model.Parameters.Where(parameter => !parameter.IsBuffer))
        {
            ParameterName name = new(parameter.Name);
            Rules.First(rule => rule.Detectors(model.Options) && rule.Names(name)).Begin(parameter, model, random);
        }
    }

    private static bool Any(DetrOptions options) => true;

    private static bool HasSigmoids(DetrOptions options) => options.Scoring == ClassScoring.Sigmoid;

    private static bool HasReferences(DetrOptions options) => options.Variant != DetrVariant.Detr;

    private static bool HasPoints(DetrOptions options) => options is { Variant: DetrVariant.DeformableDetr, Deformable.TwoStage: false };

    private static bool Samples(DetrOptions options) => options.HasDeformableAttention;

    private static void Keep(Parameter parameter, DetrModel model, RandomStream random)
    {
    }

    private static void Zero(Parameter parameter, DetrModel model, RandomStream random) => Initialization.Fill(parameter, 0);

    private static void RareClasses(Parameter parameter, DetrModel model, RandomStream random) => Initialization.Fill(parameter, RareClass);

    private static void SmallBoxes(Parameter parameter, DetrModel model, RandomStream random) => parameter.Write([0, 0, SmallSide, SmallSide]);

    private static void Normal(Parameter parameter, DetrModel model, RandomStream random) => Initialization.Normal(parameter, random, 1);

    private static void FromZeroToOne(Parameter parameter, DetrModel model, RandomStream random)
    {
        Initialization.Uniform(parameter, random, 0.5);
        parameter.Write(Array.ConvertAll(parameter.ToArray(), value => value + 0.5f));
    }

    private static void FanInOfChannels(Parameter parameter, DetrModel model, RandomStream random)
        => Initialization.FanIn(parameter, random, model.Options.Transformer.Channels);

    private static void FanInOfFeatures(Parameter parameter, DetrModel model, RandomStream random)
        => Initialization.FanIn(parameter, random, model.Options.Backbone.OutputChannels);

    /// <summary>A bias after the fan-in of its matrix; norms, which have none, stay.</summary>
    private static void FanInOfMatrix(Parameter parameter, DetrModel model, RandomStream random)
    {
        if (model.Parameters[$"{parameter.Name[..^"bias".Length]}weight"].Shape is { Rank: 2 } weight)
        {
            Initialization.FanIn(parameter, random, weight[1]);
        }
    }

    private static void Matrix(Parameter parameter, DetrModel model, RandomStream random)
    {
        if (parameter.Shape.Rank == 2)
        {
            Initialization.Xavier(parameter, random);
        }
    }

    /// <summary>A matrix or a kernel, and a bias of 0.</summary>
    private static void Kernel(Parameter parameter, DetrModel model, RandomStream random)
    {
        if (parameter.Shape.Rank == 1)
        {
            Initialization.Fill(parameter, 0);
        }
        else
        {
            Initialization.Xavier(parameter, random);
        }
    }

    /// <summary>Kernels; norms are as they were made.</summary>
    private static void BackboneKernel(Parameter parameter, DetrModel model, RandomStream random)
    {
        if (parameter.Shape.Rank == 4)
        {
            Initialization.HeFanOut(parameter, random);
        }
    }

    /// <summary>Kernels with the variance of their input's (He et al. 2015, for a layer without ReLU), matrices as the transformer's, norms and terms as they were made.</summary>
    private static void MaskKernel(Parameter parameter, DetrModel model, RandomStream random)
    {
        if (parameter.Shape.Rank == 4)
        {
            Initialization.Uniform(parameter, random, Math.Sqrt(3.0 / (parameter.Length / parameter.Shape[0])));
        }
        else
        {
            Matrix(parameter, model, random);
        }
    }

    /// <summary>How some parameters begin.</summary>
    /// <param name="Detectors">Of which detectors.</param>
    /// <param name="Names">Which parameters.</param>
    /// <param name="Begin">How.</param>
    private sealed record Rule(Func<DetrOptions, bool> Detectors, Func<ParameterName, bool> Names, Beginning Begin);
}
