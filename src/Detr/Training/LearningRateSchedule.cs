namespace Detr.Training;

/// <summary>How learning rates fall over a training.</summary>
public enum LearningRateSchedule
{
    /// <summary>Once, to a tenth, as the reference's.</summary>
    Step,

    /// <summary>Along half a cosine, down to a hundredth (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,
}
