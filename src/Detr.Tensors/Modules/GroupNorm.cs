namespace Detr.Tensors;

/// <summary>Group norm of a feature map, with a learnt factor and term for each channel (Wu and He 2018).</summary>
public sealed class GroupNorm
{
    private readonly int _groups;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Adds the layer's parameters.</summary>
    /// <param name="parameters">Takes weight and bias, both [channels].</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="channels">The size of the last axis.</param>
    /// <param name="groups">Groups of channels; divides them.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(ParameterSet parameters, string name, int channels, int groups)
    {
        if (groups < 1 || channels % groups != 0)
        {
            throw new ArgumentException($"{groups} groups do not divide {channels} channels.", nameof(groups));
        }

        _groups = groups;
        _weight = parameters.Add($"{name}.weight", [channels]);
        _bias = parameters.Add($"{name}.bias", [channels]);
        Initialization.Fill(_weight, 1f);
    }

    /// <summary>The layer's result.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[batch, …, channels].</param>
    public Tensor Forward(ForwardContext context, Tensor x) => context.GroupNorm(x, _groups, _weight, _bias);
}
