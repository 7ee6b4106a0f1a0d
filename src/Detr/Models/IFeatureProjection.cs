using Detr.Tensors;

namespace Detr.Models;

/// <summary>Brings the backbone's maps to the transformer's channels.</summary>
internal interface IFeatureProjection
{
    /// <summary>How many of the backbone's last stages are read.</summary>
    int Stages { get; }

    /// <summary>The maps that the transformer reads, finest first.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="stages">The last <see cref="Stages"/> of the backbone's maps, finest first, each [batch, rows, columns, channels].</param>
    /// <returns>Each [batch, rows, columns, channels of the transformer].</returns>
    IReadOnlyList<Tensor> Forward(ForwardContext context, IReadOnlyList<Tensor> stages);

    /// <summary>What tells the cells of one map from those of another, [1, 1, channels]; null for nothing.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="level">The map's number, the finest first.</param>
    Tensor? LevelPosition(ForwardContext context, int level);
}
