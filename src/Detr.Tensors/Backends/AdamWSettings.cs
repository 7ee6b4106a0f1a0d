namespace Detr.Tensors;

/// <summary>The numbers of one AdamW step (Loshchilov and Hutter 2019, decoupled weight decay).</summary>
/// <param name="LearningRate">The rate.</param>
/// <param name="Beta1">Decay of the first moment, in [0, 1).</param>
/// <param name="Beta2">Decay of the second moment, in [0, 1).</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Each step first multiplies the parameter by 1 − rate · decay.</param>
/// <param name="Step">Which step this is, from 1.</param>
/// <param name="GradientScale">Multiplies the gradient first: the clipping factor.</param>
public readonly record struct AdamWSettings(
    float LearningRate, float Beta1, float Beta2, float Epsilon, float WeightDecay, int Step, float GradientScale);
