using System.Numerics.Tensors;

namespace Detr.Models;

/// <summary>What predictions say of classes, as probabilities. Nothing else makes probabilities of logits, so nothing else has to know how a model scores.</summary>
public sealed class ClassProbabilities
{
    private readonly DetrOutput _output;
    private readonly float[] _row;

    /// <summary>Reads predictions.</summary>
    /// <param name="output">The predictions.</param>
    public ClassProbabilities(DetrOutput output)
    {
        _output = output;
        _row = new float[output.Logits.Shape[2]];
        Classes = output.Scoring == ClassScoring.Softmax ? _row.Length - 1 : _row.Length;
    }

    /// <summary>How many classes there are, without no-object.</summary>
    public int Classes { get; }

    /// <summary>How probable each class is at a query.</summary>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="query">Which query.</param>
    /// <returns>A number from 0 to 1 for each class, without no-object; valid until the next call.</returns>
    public ReadOnlySpan<float> Of(int image, int query) => Of(image, query, out _);

    /// <summary>How probable each class is at a query, and how probable that there is no object.</summary>
    /// <param name="image">Which image of the batch.</param>
    /// <param name="query">Which query.</param>
    /// <param name="noObject">The probability of no-object; 0 where the model has none.</param>
    /// <returns>A number from 0 to 1 for each class, without no-object; valid until the next call.</returns>
    public ReadOnlySpan<float> Of(int image, int query, out float noObject)
    {
        int row = (image * _output.Logits.Shape[1]) + query;
        ReadOnlySpan<float> logits = _output.Logits.AsSpan().Slice(row * _row.Length, _row.Length);
        if (_output.Scoring == ClassScoring.Softmax)
        {
            SoftMax(logits);
            noObject = _row[^1];
        }
        else
        {
            TensorPrimitives.Sigmoid(logits, _row);
            noObject = 0f;
        }

        return _row.AsSpan(0, Classes);
    }

    /// <summary>Summed one after the other: who is matched shall not depend on where a row lies in memory, as the order of a vectorised sum does.</summary>
    private void SoftMax(ReadOnlySpan<float> logits)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), _row);
        TensorPrimitives.Exp(_row, _row);
        float sum = 0;
        foreach (float part in _row)
        {
            sum += part;
        }

        TensorPrimitives.Divide(_row, sum, _row);
    }
}
