namespace Detr.Tensors;

/// <summary>Parameters that share a learning rate and a weight decay.</summary>
/// <param name="name">What the group is called in logs and checkpoints.</param>
/// <param name="parameters">Its parameters.</param>
/// <param name="learningRate">The rate to begin with.</param>
/// <param name="weightDecay">The decay.</param>
public sealed class ParameterGroup(string name, IReadOnlyList<Parameter> parameters, float learningRate, float weightDecay)
{
    /// <summary>What the group is called in logs and checkpoints.</summary>
    public string Name { get; } = name;

    /// <summary>Its parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = parameters;

    /// <summary>The rate to begin with, which a schedule scales.</summary>
    public float InitialLearningRate { get; } = learningRate;

    /// <summary>The rate now.</summary>
    public float LearningRate { get; set; } = learningRate;

    /// <summary>Each step multiplies a parameter by 1 − rate · decay.</summary>
    public float WeightDecay { get; } = weightDecay;
}
