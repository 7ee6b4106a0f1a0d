using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>
/// The running mean of a model's weights over its training (Polyak and Juditsky 1992), in a model of its own. It is mostly a
/// better model than the last weights while rates are high, and never costs more than a copy of the weights.
/// </summary>
public sealed class WeightAverage
{
    private readonly float _decay;
    private readonly List<(Parameter Source, Parameter Mean)> _pairs = [];

    /// <summary>Begins with the model's weights as they are.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="decay">
    /// What a step keeps of the mean, from 0 to below 1. In the first steps less is kept, (1 + step) / (10 + step), so that the
    /// mean does not remember how the model began.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of its range.</exception>
    public WeightAverage(DetrModel model, float decay)
    {
        if (decay is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "A running mean keeps from 0 to below 1 of itself.");
        }

        _decay = decay;
        Model = new DetrModel(model.Options);
        bool hasStatistics = model.Options.Backbone.Norm == BackboneNorm.Batch;
        foreach (Parameter source in model.Parameters)
        {
            Parameter mean = Model.Parameters[source.Name];
            mean.Write(source.AsSpan());
            mean.Trainable = false;

            // What does not change is left alone: its mean would drift by rounding.
            if (source.Trainable || (source.IsBuffer && hasStatistics))
            {
                _pairs.Add((source, mean));
            }
        }
    }

    /// <summary>The model with the averaged weights.</summary>
    public DetrModel Model { get; }

    /// <summary>The averaged parameters that change, for checkpoints.</summary>
    internal IEnumerable<Parameter> Changing => _pairs.Select(pair => pair.Mean);

    /// <summary>Takes a step's weights into the mean.</summary>
    /// <param name="backend">Where.</param>
    /// <param name="step">Steps done, from 1.</param>
    public void Update(IBackend backend, int step)
    {
        float keep = Math.Min(_decay, (1f + step) / (10f + step));
        foreach ((Parameter source, Parameter mean) in _pairs)
        {
            backend.Scale(keep, mean, mean);
            backend.AddScaled(1 - keep, source, mean);
            mean.MarkChanged();
        }
    }
}
