using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Levels of a pyramid (Zhu et al. 2021, appendix A.2): the backbone's last maps by 1×1 convolutions, and coarser ones, each half as wide
/// and high, by 3×3 convolutions: the first of the backbone's last map, the next of the level before. A group norm ends each.
/// </summary>
internal sealed class PyramidProjection : IFeatureProjection
{
    // The strides 8, 16 and 32 of a backbone's last stages.
    private const int MostStages = 3;
    private const int Groups = 32;

    private readonly Parameter _levelEmbedding;
    private readonly List<Level> _levels = [];

    /// <summary>Adds the projection's parameters.</summary>
    /// <param name="parameters">Takes input_proj.… and transformer.level_embed.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="options">The model's shape.</param>
    /// <exception cref="ArgumentException">There is no level, or the channels cannot be normalised in groups.</exception>
    internal PyramidProjection(ParameterSet parameters, string prefix, DetrOptions options)
    {
        int levels = options.Deformable.Levels, channels = options.Transformer.Channels;
        if (levels < 1)
        {
            throw new ArgumentException($"A pyramid of {levels} levels has nothing to look at.", nameof(options));
        }

        Stages = StagesOf(options);
        _levelEmbedding = parameters.Add($"{prefix}transformer.level_embed", [levels, channels]);
        for (int level = 0; level < levels; level++)
        {
            string name = $"{prefix}input_proj.{level}";
            bool isStage = level < Stages;
            int inputs = isStage ? options.Backbone.OutputChannels >> (Stages - 1 - level) : level == Stages ? options.Backbone.OutputChannels : channels;
            int kernel = isStage ? 1 : 3;
            _levels.Add(new Level(
                parameters.Add($"{name}.0.weight", [channels, inputs, kernel, kernel]),
                parameters.Add($"{name}.0.bias", [channels]),
                isStage ? ConvolutionGeometry.Pointwise : new ConvolutionGeometry(2, 1),
                new GroupNorm(parameters, $"{name}.1", channels, GroupsOf(options))));
        }
    }

    /// <inheritdoc/>
    public int Stages { get; }

    /// <summary>How many of a backbone's stages are levels; the others are made of them.</summary>
    internal static int StagesOf(DetrOptions options) => Math.Min(options.Deformable.Levels, Math.Min(MostStages, options.Backbone.Blocks.Count));

    /// <summary>The groups of a level's norm.</summary>
    internal static int GroupsOf(DetrOptions options) => Math.Min(Groups, options.Transformer.Channels);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Forward(ForwardContext context, IReadOnlyList<Tensor> stages)
    {
        List<Tensor> maps = [];
        foreach (Level level in _levels)
        {
            Tensor source = maps.Count < Stages ? stages[maps.Count] : maps.Count == Stages ? stages[^1] : maps[^1];
            maps.Add(level.Norm.Forward(context, context.Convolution(source, level.Weight, level.Geometry, bias: level.Bias)));
        }

        return maps;
    }

    /// <inheritdoc/>
    public Tensor? LevelPosition(ForwardContext context, int level) => context.Reshape(context.Slice(_levelEmbedding, 0, level, 1), [1, 1, _levelEmbedding.Shape[1]]);

    private sealed record Level(Parameter Weight, Parameter Bias, ConvolutionGeometry Geometry, GroupNorm Norm);
}
