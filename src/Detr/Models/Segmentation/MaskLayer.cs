using Detr.Kernels;
using Detr.Tensors;

namespace Detr.Models;

/// <summary>A 3×3 convolution, a group norm and a ReLU; before them, a coarser map enlarged and a finer one of the backbone added to it.</summary>
internal sealed class MaskLayer
{
    private const int MostGroups = 8;
    private static readonly ConvolutionGeometry Geometry = new(1, 1);

    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly GroupNorm _norm;

    internal MaskLayer(ParameterSet parameters, string name, int number, int inputs, int outputs)
    {
        _weight = parameters.Add($"{name}.lay{number}.weight", [outputs, inputs, 3, 3]);
        _bias = parameters.Add($"{name}.lay{number}.bias", [outputs]);
        _norm = new GroupNorm(parameters, $"{name}.gn{number}", outputs, Groups(outputs));
    }

    /// <summary>The reference's eight groups, or as many fewer as divide the channels of a small model.</summary>
    internal static int Groups(int channels) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(MostGroups, channels);

    /// <summary>The layer of a map.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[queries, height, width, in].</param>
    internal Tensor Forward(ForwardContext context, Tensor x)
        => context.Recompute([x], (Layer: this, X: x), static (context, part) =>
        {
            using Scope scope = context.Scope();
            return scope.Keep(part.Layer.Normalize(context, scope, part.Layer.Convolve(context, part.X)));
        });

    /// <summary>The layer of a map at the next finer size.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[queries, coarse height, coarse width, in].</param>
    /// <param name="lateral">The image's own map of that size, [1, height, width, in].</param>
    internal Tensor Forward(ForwardContext context, Tensor x, Tensor lateral) => context.Recompute(
        [x, lateral], (Layer: this, X: x, Lateral: lateral),
        static (context, part) =>
        {
            using Scope scope = context.Scope();
            Tensor enlarged = context.Resize(part.X, part.Lateral.Shape[1], part.Lateral.Shape[2], ResizeMode.Nearest);
            Tensor sum = context.Add(enlarged, part.Lateral);
            scope.Release(enlarged);
            Tensor convolved = part.Layer.Convolve(context, sum);
            scope.Release(sum);
            return scope.Keep(part.Layer.Normalize(context, scope, convolved));
        });

    /// <summary>
    /// The layer of two maps side by side, of which the first is the same for all queries. A convolution is linear, so that one's part is
    /// computed once for the image (<see cref="Shared"/>) instead of once for every query.
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="shared">What <see cref="Shared"/> made.</param>
    /// <param name="own">[queries, height, width, channels].</param>
    internal Tensor ForwardJoined(ForwardContext context, Tensor shared, Tensor own) => context.Recompute(
        [shared, own], (Layer: this, Shared: shared, Own: own),
        static (context, part) =>
        {
            using Scope scope = context.Scope();
            int channels = part.Own.Shape[3];
            Tensor weight = context.Slice(part.Layer._weight, 1, part.Layer._weight.Shape[1] - channels, channels);
            Tensor own = context.Convolution(part.Own, weight, Geometry);
            Tensor sum = context.Add(own, part.Shared);
            scope.Release(own);
            return scope.Keep(part.Layer.Normalize(context, scope, sum));
        });

    /// <summary>What the layer's convolution makes of the map that all queries share, which stands first among its inputs.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="map">[1, height, width, channels].</param>
    internal Tensor Shared(ForwardContext context, Tensor map)
        => context.Convolution(map, context.Slice(_weight, 1, 0, map.Shape[3]), Geometry, bias: _bias);

    private Tensor Convolve(ForwardContext context, Tensor x) => context.Convolution(x, _weight, Geometry, bias: _bias);

    private Tensor Normalize(ForwardContext context, Scope scope, Tensor x)
    {
        Tensor normalised = _norm.Forward(context, x);
        scope.Release(x);
        return context.Relu(normalised);
    }
}
