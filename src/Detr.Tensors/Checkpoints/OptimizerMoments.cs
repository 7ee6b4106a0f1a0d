namespace Detr.Tensors.Checkpoints;

/// <summary>What a training checkpoint of PyTorch holds of Adam or AdamW.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Groups">
/// For each group of parameters, in the order in which the optimizer was given them, the running means of each parameter's gradient
/// (<c>exp_avg</c>) and of its square (<c>exp_avg_sq</c>).
/// </param>
public sealed record OptimizerMoments(int Steps, IReadOnlyList<IReadOnlyList<(CheckpointTensor First, CheckpointTensor Second)>> Groups);
