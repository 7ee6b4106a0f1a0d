using Detr.Kernels;

namespace Detr.Benchmarks;

/// <summary>Forward passes of ResNet-50's convolutions at 800 × 1066 pixels, in eight bits and in float32.</summary>
internal static class QuantizedLayerSamples
{
    internal static void Run(int threads, int samples)
    {
        using WorkerPool pool = new(threads);
        foreach ((string name, ConvolutionShape shape) in LayerSamples.Layers)
        {
            double work = 2.0 * shape.OutputLength * shape.InputChannels * shape.KernelHeight * shape.KernelWidth;
            float[] x = ProductSamples.Numbers(shape.InputLength, 1), weight = ProductSamples.Numbers(shape.WeightLength, 2), y = new float[shape.OutputLength];
            byte[] bytes = [.. x.Select(value => (byte)((value + 0.5f) * QuantizedKernel.LargestInput))], result = new byte[shape.OutputLength];
            PackedConvolution packed = PackedConvolution.Pack(pool, shape, weight);
            PackedQuantizedKernel quantized = new(QuantizedKernel.Quantize(shape, weight));
            float[] scale = new float[shape.OutputChannels], bias = new float[shape.OutputChannels];
            scale.AsSpan().Fill(0.001f);
            SamplesInTurn turns = new();
            turns.Add($"{name}: float32", work, () => Convolution.Forward(pool, shape, x, packed, y));
            turns.Add($"{name}: int8", work, () => QuantizedConvolution.Forward(
                pool, shape, bytes, 0, quantized, result, new QuantizedEpilogue { Scale = scale, Bias = bias, Maximum = QuantizedKernel.LargestInput }));
            turns.Run(samples, threads);
        }
    }
}
