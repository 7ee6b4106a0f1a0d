using System.Numerics.Tensors;
using Detr.Models;
using Detr.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Explain;

/// <summary>
/// Says which cells of a picture speak for what object queries predict. One forward pass serves all queries and methods; each query takes a
/// backward pass from its logit to the first attention that is read, without a weight's gradient, and another one where relevance by
/// <see cref="LayerwiseRelevance"/> is asked for. Nothing goes back into the backbone.
/// </summary>
public sealed class Explainer
{
    private readonly DetrModel _model;

    /// <summary>Explains a model.</summary>
    /// <param name="model">The model.</param>
    public Explainer(DetrModel model) => _model = model;

    /// <summary>Predicts and explains.</summary>
    /// <param name="context">The pass; its head mask holds, and what else is set in it is as before afterwards.</param>
    /// <param name="image">[1, 3, height, width], normalised, without padding.</param>
    /// <param name="request">What is wanted.</param>
    /// <exception cref="ArgumentException">The image is not of that shape, the model has no such query or class, or it does not attend to all cells.</exception>
    /// <exception cref="MemoryLimitException">Attention maps would take more than was allowed.</exception>
    public RelevanceOutput Explain(ForwardContext context, Tensor image, ExplainRequest request)
    {
        if (image.Shape.Rank != 4 || image.Shape[0] != 1 || image.Shape[1] != 3)
        {
            throw new ArgumentException($"One image is explained at a time, of shape [1, 3, height, width], not {image.Shape}.", nameof(image));
        }

        Check(request);
        Tape? tape = context.Tape;
        try
        {
            context.Tape = null;
            ImageTokens tokens = _model.Tokenize(context, image, PaddingMask.None(1, image.Shape[2], image.Shape[3]));
            return Explain(context, tokens, request);
        }
        finally
        {
            context.Tape = tape;
        }
    }

    /// <summary>The same for an image that is through the backbone already.</summary>
    /// <param name="context">The pass; its head mask holds, and what else is set in it is as before afterwards.</param>
    /// <param name="tokens">The image, alone in its batch.</param>
    /// <param name="request">What is wanted.</param>
    /// <exception cref="ArgumentException">There are several images, the model has no such query or class, or it does not attend to all cells.</exception>
    /// <exception cref="MemoryLimitException">Attention maps would take more than was allowed.</exception>
    public RelevanceOutput Explain(ForwardContext context, ImageTokens tokens, ExplainRequest request)
    {
        if (tokens.Cells.Batch != 1)
        {
            throw new ArgumentException($"One image is explained at a time, not {tokens.Cells.Batch}.", nameof(tokens));
        }

        Check(request);
        AttentionEvidence evidence = new(request.Methods, _model.Options.Transformer, request.MemoryLimit);
        Tape tape = new();
        (Tape? outer, IAttentionObserver? observer, IAttentionGradientObserver? gradientObserver, IBackwardRule? rule, bool constant)
            = (context.Tape, context.AttentionObserver, context.AttentionGradientObserver, context.BackwardRule, context.ParametersAreConstants);
        (int rows, int columns) = (tokens.Cells.Height, tokens.Cells.Width);
        using Scope scope = context.Scope();
        try
        {
            (context.Tape, context.AttentionObserver, context.AttentionGradientObserver, context.ParametersAreConstants)
                = (evidence.NeedsGradient || evidence.NeedsRelevance ? tape : null, evidence, evidence, true);
            DetrOutput output = _model.Decode(context, _model.Encode(context, tokens));
            Dictionary<string, List<RelevanceMap>> maps = request.Methods.ToDictionary(method => method.Name, _ => new List<RelevanceMap>(), StringComparer.Ordinal);
            foreach ((int query, int label) in Targets(output, request))
            {
                Propagate(context, tape, evidence, output.Logits, query, label);
                foreach (IRelevanceMethod method in request.Methods)
                {
                    maps[method.Name].Add(new RelevanceMap(query, label, rows, columns, Finite(method.Map(evidence.Of(method), query))));
                }
            }

            scope.Keep(output.Logits);
            scope.Keep(output.Boxes);
            return new RelevanceOutput(output, rows, columns, maps.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<RelevanceMap>)pair.Value, StringComparer.Ordinal));
        }
        finally
        {
            tape.Clear();
            (context.Tape, context.AttentionObserver, context.AttentionGradientObserver, context.BackwardRule, context.ParametersAreConstants)
                = (outer, observer, gradientObserver, rule, constant);
        }
    }

    /// <summary>The backward passes of one logit.</summary>
    private static void Propagate(ForwardContext context, Tape tape, AttentionEvidence evidence, Tensor logits, int query, int label)
    {
        using Scope scope = context.Scope();
        float[] one = new float[logits.Length];
        one[(query * logits.Shape[2]) + label] = 1f;
        Tensor start = context.Upload(logits.Shape, one);
        foreach (bool relevance in new[] { true, false })
        {
            if (relevance ? evidence.NeedsRelevance : evidence.NeedsGradient)
            {
                evidence.CarriesRelevance = relevance;
                context.BackwardRule = relevance ? LayerwiseRelevance.Rule : null;
                tape.Backward(context, [(logits, start)], keep: true);
            }
        }
    }

    /// <summary>The queries that a request is about, each with the class that it explains.</summary>
    internal static List<(int Query, int Label)> Targets(DetrOutput output, ExplainRequest request)
    {
        ClassProbabilities probabilities = new(output);
        List<(int Query, int Label)> sure = [];
        (int Query, int Label) surest = default;
        float best = -1f;
        IReadOnlyList<int> candidates = request.Queries ?? [.. Enumerable.Range(0, output.Logits.Shape[1])];
        for (int i = 0; i < candidates.Count; i++)
        {
            int query = candidates[i];
            ReadOnlySpan<float> classes = probabilities.Of(image: 0, query);
            int label = request.Labels?[i] ?? request.Label ?? TensorPrimitives.IndexOfMax(classes);
            if (request.Queries is not null || classes[label] > request.Threshold)
            {
                sure.Add((query, label));
            }

            if (classes[label] > best)
            {
                (surest, best) = ((query, label), classes[label]);
            }
        }

        return sure.Count > 0 || request.Queries is not null ? sure : [surest];
    }

    /// <summary>A sum that left the range of float32 counts for nothing.</summary>
    private static float[] Finite(float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = float.IsFinite(values[i]) ? values[i] : 0f;
        }

        return values;
    }

    private void Check(ExplainRequest request)
    {
        if (_model.Options.HasDeformableAttention)
        {
            throw new ArgumentException($"Methods that read attention to all cells cannot explain {_model.Options.Variant}, which samples a few points.", nameof(request));
        }

        foreach (int query in request.Queries ?? [])
        {
            if (query < 0 || query >= _model.Options.AllQueries)
            {
                throw new ArgumentException($"There is no object query {query}; they go from 0 to {_model.Options.AllQueries - 1}.", nameof(request));
            }
        }

        if (request.Labels is { } labels && labels.Count != request.Queries?.Count)
        {
            throw new ArgumentException($"{labels.Count} classes do not belong to {request.Queries?.Count ?? 0} queries; give one for each.", nameof(request));
        }

        foreach (int label in request.Labels ?? [request.Label ?? 0])
        {
            if (label < 0 || label >= _model.Options.Classes)
            {
                throw new ArgumentException($"There is no class {label}; they go from 0 to {_model.Options.Classes - 1}.", nameof(request));
            }
        }
    }
}
