using Detr.Kernels;

namespace Detr.Tensors;

/// <summary>
/// The one seam between tensors and arithmetic. Operations decide what is computed and how gradients flow; a backend
/// computes, on its device. Results are passed in, already allocated; unless said otherwise they are overwritten.
/// Channels come last in every image-like tensor: [batch, height, width, channels].
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>Bytes of tensors in use or kept for reuse.</summary>
    long HeldBytes { get; }

    /// <summary>Bytes of packed weights and working memory.</summary>
    long WorkspaceBytes { get; }

    /// <summary>Memory for elements that are not set.</summary>
    TensorStorage Allocate(int length);

    /// <summary>Lets go of memory that is not in use.</summary>
    void Trim();

    /// <summary>y = value.</summary>
    void Fill(Tensor y, float value);

    /// <summary>Copies <paramref name="count"/> elements from each block of x to the same block of y; steps and offsets in elements.</summary>
    void CopyBlocks(int blocks, int count, Tensor x, int stepX, int offsetX, Tensor y, int stepY, int offsetY);

    /// <summary>y = f(x).</summary>
    void Unary(UnaryOperation operation, Tensor x, Tensor y);

    /// <summary>dx = f′(x) · dy, y = f(x) being known.</summary>
    void UnaryBackward(UnaryOperation operation, Tensor x, Tensor y, Tensor dy, Tensor dx);

    /// <summary>y = ln(max(x, ε) / max(1 − x, ε)), x first brought within [0, 1].</summary>
    void InverseSigmoid(Tensor x, float epsilon, Tensor y);

    /// <summary>The gradient of <see cref="InverseSigmoid"/>.</summary>
    void InverseSigmoidBackward(Tensor x, float epsilon, Tensor dy, Tensor dx);

    /// <summary>y = x where x is positive, else the slope, one number, times x.</summary>
    void ParametricRelu(Tensor x, Tensor slope, Tensor y);

    /// <summary>The gradients of <see cref="ParametricRelu"/>.</summary>
    void ParametricReluBackward(Tensor x, Tensor slope, Tensor dy, Tensor dx, Tensor dSlope);

    /// <summary>
    /// Sines and cosines of coordinates: x is [points, coordinates], y is [points, order, wavelengths], where channels 2k and 2k + 1 are
    /// sin and cos of 2π · x[point, <paramref name="order"/>] / <paramref name="wavelengths"/>[2k].
    /// </summary>
    void SineEncoding(Tensor x, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, Tensor y);

    /// <summary>The gradient of <see cref="SineEncoding"/>, y being its result; that of coordinates that the order leaves out is 0.</summary>
    void SineEncodingBackward(Tensor y, ReadOnlySpan<int> order, ReadOnlySpan<float> wavelengths, Tensor dy, Tensor dx);

    /// <summary>y = f(a, b), axes of size 1 repeated, shapes aligned at the last axis.</summary>
    void Binary(BinaryOperation operation, Tensor a, Tensor b, Tensor y);

    /// <summary>y = α x.</summary>
    void Scale(float alpha, Tensor x, Tensor y);

    /// <summary>y += α x.</summary>
    void AddScaled(float alpha, Tensor x, Tensor y);

    /// <summary>Sums x over the axes along which y has size 1 or none.</summary>
    void ReduceSum(Tensor x, Tensor y);

    /// <summary>The sum of all squares.</summary>
    double SumOfSquares(Tensor x);

    /// <summary>Axis i of y is axis <paramref name="axes"/>[i] of x.</summary>
    void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y);

    /// <summary>Row i of y is row <paramref name="indices"/>[i] of x; both [rows, columns].</summary>
    void GatherRows(Tensor x, ReadOnlySpan<int> indices, Tensor y);

    /// <summary>Row i of dy is added to row <paramref name="indices"/>[i] of dx.</summary>
    void ScatterAddRows(Tensor dy, ReadOnlySpan<int> indices, Tensor dx);

    /// <summary>A product, or <paramref name="batches"/> of them at steps of so many elements.</summary>
    void MatrixProduct(in MatrixShape shape, int batches, int stepA, int stepB, int stepC, Tensor a, Tensor b, Tensor c);

    /// <summary>y = activation(x Wᵀ + bias): x [rows, in], W [out, in], y [rows, out].</summary>
    void Linear(Tensor x, Tensor weight, Tensor? bias, Activation activation, Tensor y);

    /// <summary>y = activation(scale ⊙ conv(x, W) + bias + residual), scale and bias by output channel.</summary>
    void Convolution(in ConvolutionShape shape, Tensor x, Tensor weight, Tensor? scale, Tensor? bias, Tensor? residual, Activation activation, Tensor y);

    /// <summary>Whether a convolution with a <see cref="Parameter"/> may write its result over its residual.</summary>
    bool CanOverwriteResidual(in ConvolutionShape shape);

    /// <summary>y = x in eight bits.</summary>
    void Quantize(Tensor x, QuantizedTensor y);

    /// <summary>y = x in single precision.</summary>
    void Dequantize(QuantizedTensor x, Tensor y);

    /// <summary>
    /// y = round(scale ⊙ Σ w · x + bias + residual) in bytes, cut to what y's format allows; scale and bias by output channel, in steps of y,
    /// with the zeros of x, y and residual in the bias. The residual may be y itself.
    /// </summary>
    void Convolution(in ConvolutionShape shape, QuantizedTensor x, QuantizedKernel weight, Tensor scale, Tensor bias, QuantizedTensor? residual, QuantizedTensor y);

    /// <summary>The largest value under each window.</summary>
    void MaxPool(in PoolingShape shape, QuantizedTensor x, QuantizedTensor y);

    /// <summary>The gradient of a convolution's input.</summary>
    void ConvolutionBackwardInput(in ConvolutionShape shape, Tensor dy, Tensor weight, Tensor dx);

    /// <summary>The gradient of a convolution's weight, [out, in, height, width].</summary>
    void ConvolutionBackwardWeight(in ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight);

    /// <summary>The largest value under each window; <paramref name="positions"/>, as large as y, remembers where it was, if given.</summary>
    void MaxPool(in PoolingShape shape, Tensor x, Tensor y, Tensor? positions);

    /// <summary>Sends each gradient to where the largest value was.</summary>
    void MaxPoolBackward(in PoolingShape shape, Tensor dy, Tensor positions, Tensor dx);

    /// <summary>y = x ⊙ scale + shift, by the last axis.</summary>
    void ScaleShift(Tensor x, Tensor scale, Tensor shift, Tensor y);

    /// <summary>Layer norm over the last axis; mean and inverse deviation, one a row, serve the backward pass.</summary>
    void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverseDeviation);

    /// <summary>The gradients of a layer norm.</summary>
    void LayerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx, Tensor dWeight, Tensor dBias);

    /// <summary>y = activation(batch norm(x) + residual) with the batch's own statistics; the variance is the biased one.</summary>
    void BatchNorm(
        Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor? residual, Activation activation,
        Tensor y, Tensor mean, Tensor inverseDeviation, Tensor variance);

    /// <summary>
    /// The gradients of a batch norm; <paramref name="y"/> is its result if a ReLU ended it, and <paramref name="dResidual"/>
    /// takes the residual's gradient, if given.
    /// </summary>
    void BatchNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor? y, Tensor dy,
        Tensor dx, Tensor dWeight, Tensor dBias, Tensor? dResidual);

    /// <summary>Group norm of [batch, …, channels]; mean and inverse deviation are [batch, groups].</summary>
    void GroupNorm(Tensor x, int groups, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverseDeviation);

    /// <summary>The gradients of a group norm.</summary>
    void GroupNormBackward(Tensor x, int groups, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx, Tensor dWeight, Tensor dBias);

    /// <summary>The softmax over the last axis.</summary>
    void Softmax(Tensor x, Tensor y);

    /// <summary>The gradient of a softmax.</summary>
    void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx);

    /// <summary>The logarithm of the softmax over the last axis.</summary>
    void LogSoftmax(Tensor x, Tensor y);

    /// <summary>The gradient of a log softmax.</summary>
    void LogSoftmaxBackward(Tensor y, Tensor dy, Tensor dx);

    /// <summary>Attention; <paramref name="probabilities"/> [batch, heads, queries, keys] are stored only if given.</summary>
    void Attention(in AttentionInputs inputs, Tensor? probabilities, Tensor output);

    /// <summary>The gradients of an attention; that of the probabilities only if given.</summary>
    void AttentionBackward(in AttentionInputs inputs, Tensor probabilities, Tensor dOutput, Tensor dQuery, Tensor dKey, Tensor dValue, Tensor? dProbabilities);

    /// <summary>Where a deformable attention samples, around points or in boxes; see <see cref="Kernels.SamplingLocations"/>.</summary>
    void SamplingLocations(DeformableAttentionShape shape, Tensor offsets, Tensor references, Tensor locations);

    /// <summary>The gradients of sampling locations.</summary>
    void SamplingLocationsBackward(DeformableAttentionShape shape, Tensor offsets, Tensor references, Tensor dLocations, Tensor dOffsets, Tensor dReferences);

    /// <summary>Deformable attention; see <see cref="Kernels.DeformableAttention"/>.</summary>
    void DeformableAttention(DeformableAttentionShape shape, Tensor value, Tensor locations, Tensor weights, Tensor output);

    /// <summary>The gradients of a deformable attention.</summary>
    void DeformableAttentionBackward(
        DeformableAttentionShape shape, Tensor value, Tensor locations, Tensor weights, Tensor dOutput, Tensor dValue, Tensor dLocations, Tensor dWeights);

    /// <summary>Drops elements by a mask that the seed decides and scales the rest by 1 / (1 − p); its own gradient.</summary>
    void Dropout(Tensor x, float probability, ulong seed, Tensor y);

    /// <summary>A feature map at another size.</summary>
    void Resize(ResizeMode mode, Tensor x, Tensor y);

    /// <summary>The gradient of a resize.</summary>
    void ResizeBackward(ResizeMode mode, Tensor dy, Tensor dx);

    /// <summary>Σ wₜ · −ln softmax(x)ₜ and Σ wₜ over rows, t each row's target.</summary>
    (double WeightedSum, double TotalWeight) CrossEntropy(Tensor logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> classWeights);

    /// <summary>dx = scale · wₜ · (softmax(x) − 1ₜ) by row.</summary>
    void CrossEntropyBackward(Tensor logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> classWeights, float scale, Tensor dx);

    /// <summary>The focal loss of sigmoids, γ = 2, summed over all elements.</summary>
    double SigmoidFocalLoss(Tensor logits, Tensor targets, float alpha);

    /// <summary>The gradient of <see cref="SigmoidFocalLoss"/>, times <paramref name="scale"/>.</summary>
    void SigmoidFocalLossBackward(Tensor logits, Tensor targets, float alpha, float scale, Tensor dx);

    /// <summary>The dice loss of each row of [rows, …], summed; <paramref name="fractions"/>, [rows, 2], serves the backward pass.</summary>
    double DiceLoss(Tensor logits, Tensor targets, Tensor fractions);

    /// <summary>The gradient of <see cref="DiceLoss"/>, times <paramref name="scale"/>.</summary>
    void DiceLossBackward(Tensor logits, Tensor targets, Tensor fractions, float scale, Tensor dx);

    /// <summary>One AdamW step of several tensors, in place.</summary>
    void AdamW(ReadOnlySpan<AdamWUpdate> updates, in AdamWSettings settings);
}
