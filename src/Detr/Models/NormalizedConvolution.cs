using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>A convolution without bias, its batch norm, and what follows: the unit that residual networks are made of.</summary>
internal sealed class NormalizedConvolution
{
    private readonly BackboneNorm _norm;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Parameter _runningMean;
    private readonly Parameter _runningVariance;
    private readonly Lock _lock = new();
    private (int Version, Tensor Scale, Tensor Shift)? _folded;

    internal NormalizedConvolution(
        ParameterSet parameters, string convolution, string norm, int inputs, int outputs, int kernel, ConvolutionGeometry geometry, BackboneNorm kind)
    {
        (Name, Geometry, _norm) = (convolution, geometry, kind);
        Kernel = parameters.Add($"{convolution}.weight", [outputs, inputs, kernel, kernel]);
        if (kind == BackboneNorm.Frozen)
        {
            _weight = parameters.AddBuffer($"{norm}.weight", [outputs], 1f);
            _bias = parameters.AddBuffer($"{norm}.bias", [outputs], 0f);
        }
        else
        {
            _weight = parameters.Add($"{norm}.weight", [outputs]);
            _bias = parameters.Add($"{norm}.bias", [outputs]);
            Initialization.Fill(_weight, 1f);
        }

        _runningMean = parameters.AddBuffer($"{norm}.running_mean", [outputs], 0f);
        _runningVariance = parameters.AddBuffer($"{norm}.running_var", [outputs], 1f);
    }

    /// <summary>The convolution's name, without what its parameters add to it.</summary>
    internal string Name { get; }

    /// <summary>[out, in, height, width].</summary>
    internal Parameter Kernel { get; }

    internal ConvolutionGeometry Geometry { get; }

    /// <summary>activation(norm(conv(x)) + residual); the residual may be overwritten by it where nobody needs it any more.</summary>
    internal Tensor Forward(ForwardContext context, Tensor x, Tensor? residual, Activation activation, bool overwriteResidual = false)
    {
        if (_norm == BackboneNorm.Frozen || !context.Training)
        {
            (Tensor scale, Tensor shift) = Folded();
            Tensor result = context.Convolution(x, Kernel, Geometry, scale, shift, residual, activation, overwriteResidual);
            context.ActivationObserver?.Observe(Name, result);
            return result;
        }

        Tensor y = context.Convolution(x, Kernel, Geometry);
        return context.BatchNorm(y, _weight, _bias, _runningMean, _runningVariance, residual, activation);
    }

    /// <summary>The norm as factor and term, made again when any of its four tensors changed.</summary>
    internal (Tensor Scale, Tensor Shift) Folded()
    {
        lock (_lock)
        {
            int version = _weight.Version + _bias.Version + _runningMean.Version + _runningVariance.Version;
            if (_folded is not { } folded || folded.Version != version)
            {
                (float[] scale, float[] shift) = BatchNormFolding.Fold(_weight, _bias, _runningMean, _runningVariance, NormOperations.Epsilon);
                folded = (version, Tensor.FromArray([scale.Length], scale), Tensor.FromArray([shift.Length], shift));
                _folded = folded;
            }

            return (folded.Scale, folded.Shift);
        }
    }
}
