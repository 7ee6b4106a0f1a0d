using System.Diagnostics;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Cli;

/// <summary>Passes of one model over one input, with their times.</summary>
internal sealed class BenchMeasurement(DetrModel model, CpuBackend backend, int batch, int height, int width, float[] pixels, CancellationToken cancellation)
{
    private readonly ForwardContext _context = new(backend) { CancellationToken = cancellation };
    private readonly PaddingMask _padding = PaddingMask.None(batch, height, width);

    /// <summary>Measures.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="warmup">Passes that go before.</param>
    /// <param name="runs">Passes that count.</param>
    /// <param name="quantizes">Whether each pass is done in single precision and then with the backbone in eight bits.</param>
    internal BenchResult Run(string name, int warmup, int runs, bool quantizes)
    {
        QuantizedBackbone? backbone = quantizes ? Quantize() : model.QuantizedBackbone;
        double[] milliseconds = new double[warmup + runs], single = new double[milliseconds.Length];
        for (int run = 0; run < milliseconds.Length; run++)
        {
            if (quantizes)
            {
                single[run] = Time(null);
            }

            milliseconds[run] = Time(backbone);
        }

        using Process process = Process.GetCurrentProcess();
        return new BenchResult(
            name, batch, height, width, backend.Threads, milliseconds[warmup..], milliseconds[0], process.PeakWorkingSet64,
            batch * MultiplyAdds.Count(model.Options, height, width))
        {
            IsQuantized = backbone is not null,
            SinglePrecisionMilliseconds = quantizes ? single[warmup..] : [],
        };
    }

    private QuantizedBackbone Quantize()
    {
        ActivationRanges ranges = new();
        _context.ActivationObserver = ranges;
        Time(null);
        _context.ActivationObserver = null;
        return new QuantizedBackbone(model.Backbone, ranges);
    }

    private double Time(QuantizedBackbone? backbone)
    {
        model.QuantizedBackbone = backbone;
        using Scope scope = _context.Scope();
        Tensor image = _context.Upload([batch, 3, height, width], pixels);
        long start = Stopwatch.GetTimestamp();
        DetrOutput output = model.Forward(_context, image, _padding, AuxiliaryOutputs.Masks);
        for (int i = 0; i < batch && model.MaskHead is not null; i++)
        {
            model.MaskHead.Forward(_context, output.Masks!, i, [.. Enumerable.Range(0, model.Options.Queries)]);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
