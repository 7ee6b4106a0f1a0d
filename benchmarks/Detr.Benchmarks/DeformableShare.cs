using System.Diagnostics;
using Detr.Kernels;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Benchmarks;

/// <summary>
/// How much of a forward pass is deformable attention: the parts of whole passes of a model with random weights, in turn with its
/// attentions alone, at the places and by the weights that they had in the model.
/// </summary>
internal static class DeformableShare
{
    private const int Height = 800;
    private const int Width = 1066;

    internal static void Run(string name, int threads, int samples)
    {
        DetrModel model = new(DetrPresets.Published(DetrPresets.Find(name)));
        DetrInitialization.Initialize(model, new RandomStream(1));
        using CpuBackend backend = new(threads);
        using WorkerPool pool = new(threads);
        Recorder recorder = new();
        ForwardContext context = new(backend) { DeformableAttentionObserver = recorder };
        float[] pixels = ProductSamples.Numbers(3 * Height * Width, 1);
        Pass();
        context.DeformableAttentionObserver = null;
        Pass();

        Attention[] encoder = [.. recorder.Attentions.Where(attention => attention.IsOfEncoder)], decoder = [.. recorder.Attentions.Where(attention => !attention.IsOfEncoder)];
        double[][] rounds = [.. Enumerable.Range(0, samples).Select(_ => (double[])[.. Pass(), Time(encoder), Time(decoder)])];
        double[] medians = [.. Enumerable.Range(0, rounds[0].Length).Select(part => rounds.Select(round => round[part]).Order().ElementAt(samples / 2))];
        double whole = medians[0] + medians[1] + medians[2];
        Console.WriteLine(FormattableString.Invariant(
            $"{name}: backbone and projection {medians[0]:F0} ms, encoder {medians[1]:F0} ms, decoder and heads {medians[2]:F0} ms, {whole:F0} ms in all"));
        Console.WriteLine(Line("encoder", encoder, medians[3], medians[1]));
        Console.WriteLine(Line("decoder", decoder, medians[4], medians[2]));
        Console.WriteLine(FormattableString.Invariant($"deformable attention is {(medians[3] + medians[4]) / whole:P1} of the whole"));

        double[] Pass()
        {
            using Scope scope = context.Scope();
            Tensor image = context.Upload([1, 3, Height, Width], pixels);
            long start = Stopwatch.GetTimestamp();
            ImageTokens tokens = model.Tokenize(context, image, PaddingMask.None(1, Height, Width));
            long tokenized = Stopwatch.GetTimestamp();
            ImageTokens memory = model.Encode(context, tokens);
            long encoded = Stopwatch.GetTimestamp();
            model.Decode(context, memory);
            return [Milliseconds(start, tokenized), Milliseconds(tokenized, encoded), Milliseconds(encoded, Stopwatch.GetTimestamp())];
        }

        double Time(Attention[] attentions)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (Attention attention in attentions)
            {
                DeformableAttention.Forward(pool, attention.Shape, recorder.Values, attention.Locations, attention.Weights, attention.Output);
            }

            return Milliseconds(start, Stopwatch.GetTimestamp());
        }
    }

    private static string Line(string part, Attention[] attentions, double milliseconds, double ofPart) => FormattableString.Invariant(
        $"{part}'s {attentions.Length} deformable attentions: {milliseconds:F1} ms, {milliseconds / ofPart:P1} of the {part}, {attentions.Sum(attention => attention.Operations) / milliseconds * 1e-6:F1} GFLOP/s");

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private sealed record Attention(string Name, DeformableAttentionShape Shape, float[] Locations, float[] Weights)
    {
        private const int Corners = 4;

        internal float[] Output { get; } = new float[Shape.Batch * Shape.Queries * Shape.Channels];

        internal bool IsOfEncoder => Name.Contains("encoder", StringComparison.Ordinal);

        /// <summary>A sample is a multiply-add for each of its four cells, in every channel.</summary>
        internal double Operations => 2.0 * Corners * Weights.Length * Shape.HeadSize;
    }

    private sealed class Recorder : IDeformableAttentionObserver
    {
        private DeformableAttentionShape? _shape;

        internal List<Attention> Attentions { get; } = [];

        internal float[] Values { get; private set; } = [];

        public bool Wants(string name, DeformableAttentionShape shape)
        {
            _shape = shape;
            Values = Values.Length > 0 ? Values : ProductSamples.Numbers(shape.Batch * shape.Tokens * shape.Channels, 2);
            return true;
        }

        public void Observe(string name, Tensor? references, Tensor locations, Tensor weights)
            => Attentions.Add(new Attention(name, _shape!, locations.AsSpan().ToArray(), weights.AsSpan().ToArray()));
    }
}
