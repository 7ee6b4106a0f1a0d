namespace Detr.Models;

/// <summary>What the encoder's proposals learn.</summary>
public enum ProposalTargets
{
    /// <summary>Where objects are, of whatever class: all have the label 0 (two-stage Deformable DETR, losses <c>_enc</c>).</summary>
    Objects,

    /// <summary>Objects and their classes (DINO, losses <c>_interm</c>).</summary>
    Classes,
}
