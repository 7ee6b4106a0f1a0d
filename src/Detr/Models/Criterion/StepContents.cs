using Detr.Data;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>What all batches of a step hold whose gradients are accumulated: what losses are means over.</summary>
/// <param name="Targets">The objects of each image, batch after batch.</param>
/// <param name="Cells">Each batch's cells, from which heads read objects, too (<see cref="EncoderOutput.Cells"/>); empty where no loss is of them.</param>
public sealed record StepContents(IReadOnlyList<BoxTargets> Targets, IReadOnlyList<PaddingMask> Cells);
