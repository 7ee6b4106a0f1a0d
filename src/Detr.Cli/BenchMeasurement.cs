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
        PassTimes[] passes = new PassTimes[warmup + runs];
        double[] single = new double[passes.Length];
        for (int run = 0; run < passes.Length; run++)
        {
            if (quantizes)
            {
                single[run] = Time(null).Whole;
            }

            passes[run] = Time(backbone);
        }

        PassTimes[] measured = passes[warmup..];

        using Process process = Process.GetCurrentProcess();
        return new BenchResult(
            name, batch, height, width, backend.Threads, [.. measured.Select(pass => pass.Whole)], passes[0].Whole, process.PeakWorkingSet64,
            batch * MultiplyAdds.Count(model.Options, height, width))
        {
            Parts =
            [
                ("backbone", [.. measured.Select(pass => pass.Backbone)]),
                ("encoder", [.. measured.Select(pass => pass.Encoder)]),
                ("decoder", [.. measured.Select(pass => pass.Decoder)]),
            ],
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

    private PassTimes Time(QuantizedBackbone? backbone)
    {
        model.QuantizedBackbone = backbone;
        using Scope scope = _context.Scope();
        Tensor image = _context.Upload([batch, 3, height, width], pixels);
        long start = Stopwatch.GetTimestamp();
        ImageTokens tokens = model.Tokenize(_context, image, _padding, AuxiliaryOutputs.Masks);
        long tokenized = Stopwatch.GetTimestamp();
        ImageTokens memory = model.Encode(_context, tokens);
        long encoded = Stopwatch.GetTimestamp();
        DetrOutput output = model.Decode(_context, memory, AuxiliaryOutputs.Masks);
        for (int i = 0; i < batch && model.MaskHead is not null; i++)
        {
            model.MaskHead.Forward(_context, output.Masks!, i, [.. Enumerable.Range(0, model.Options.Queries)]);
        }

        long end = Stopwatch.GetTimestamp();
        return new PassTimes(Between(start, tokenized), Between(tokenized, encoded), Between(encoded, end));

        static double Between(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
    }

    /// <summary>Milliseconds of a pass.</summary>
    private readonly record struct PassTimes(double Backbone, double Encoder, double Decoder)
    {
        internal double Whole => Backbone + Encoder + Decoder;
    }
}
