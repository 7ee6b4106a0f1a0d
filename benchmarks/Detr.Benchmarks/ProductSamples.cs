using Detr.Kernels;

namespace Detr.Benchmarks;

/// <summary>Products, large and as a transformer has them, against the processor's peak.</summary>
internal static class ProductSamples
{
    internal static void Run(int threads, int samples, int size) => SamplesInTurn.Print(Measure(threads, samples, size));

    internal static IReadOnlyList<SampleResult> Measure(int threads, int samples, int size = 1024)
    {
        using WorkerPool pool = new(threads);
        SamplesInTurn turns = new();
        Add(turns, pool, $"{size}³", new MatrixShape(size, size, size), packs: false);
        Add(turns, pool, $"{size}³, B packed before", new MatrixShape(size, size, size), packs: true);
        Add(turns, pool, $"{size}³, A transposed", new MatrixShape(size, size, size) { TransposeA = true }, packs: false);
        Add(turns, pool, $"{size}³, B transposed", new MatrixShape(size, size, size) { TransposeB = true }, packs: false);
        Add(turns, pool, "850 × 256 × 256, encoder projection", new MatrixShape(850, 256, 256), packs: true);
        Add(turns, pool, "850 × 2048 × 256, feed-forward", new MatrixShape(850, 2048, 256), packs: true);
        Add(turns, pool, "100 × 256 × 256, decoder projection", new MatrixShape(100, 256, 256), packs: true);
        Add(turns, pool, "100 × 256 × 256, not packed", new MatrixShape(100, 256, 256), packs: false);
        Add(turns, pool, "4 × 256 × 256", new MatrixShape(4, 256, 256), packs: true);
        AddAttention(turns, pool, "attention of 850 tokens, 8 heads of 32", new AttentionShape(1, 8, 850, 850, 32));
        AddAttention(turns, pool, "attention of 1200 tokens, 8 heads of 16", new AttentionShape(1, 8, 1200, 1200, 16));
        AddHeads(turns, pool, "8 heads of 850 × 850 × 32, dY Vᵀ", new MatrixShape(850, 850, 32) { TransposeB = true, StrideA = 256, StrideB = 256 });
        AddHeads(turns, pool, "8 heads of 850 × 32 × 850, dS K", new MatrixShape(850, 32, 850) { StrideB = 256, StrideC = 256 });
        AddHeads(turns, pool, "8 heads of 850 × 32 × 850, weightsᵀ dY", new MatrixShape(850, 32, 850) { TransposeA = true, StrideB = 256, StrideC = 256 });
        return turns.Measure(samples, threads);
    }

    internal static float[] Numbers(int length, int seed)
    {
        Random random = new(seed);
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++)
        {
            numbers[i] = random.NextSingle() - 0.5f;
        }

        return numbers;
    }

    private static double Work(in MatrixShape shape) => 2.0 * shape.Rows * shape.Columns * shape.Depth;

    private static void Add(SamplesInTurn turns, WorkerPool pool, string name, MatrixShape shape, bool packs)
    {
        float[] a = Numbers(shape.Rows * shape.Depth, 1), b = Numbers(shape.Depth * shape.Columns, 2), c = new float[shape.Rows * shape.Columns];
        PackedMatrix packed = PackedMatrix.Pack(pool, shape.Depth, shape.Columns, b, shape.TransposeB);
        turns.Add(name, Work(shape), packs
            ? () => MatrixProduct.Execute(pool, shape, a, packed, c)
            : () => MatrixProduct.Execute(pool, shape, a, b, c));
    }

    /// <summary>The two products of an attention are its work; the softmax between them takes its time too.</summary>
    private static void AddAttention(SamplesInTurn turns, WorkerPool pool, string name, AttentionShape shape)
    {
        float[] q = Numbers(shape.Queries * shape.Channels, 1), k = Numbers(shape.Keys * shape.Channels, 2), v = Numbers(k.Length, 3), y = new float[q.Length];
        turns.Add(name, 4.0 * shape.Queries * shape.Keys * shape.Channels, () => ScaledDotProductAttention.Forward(pool, shape, q, k, v, default, [], y));
    }

    private static void AddHeads(SamplesInTurn turns, WorkerPool pool, string name, MatrixShape shape)
    {
        const int heads = 8, model = 256, width = model / heads;
        int tokens = shape.Rows, weights = tokens * tokens;
        bool scores = shape.Depth == width;
        float[] a = Numbers(scores ? tokens * model : heads * weights, 1), b = Numbers(tokens * model, 2);
        float[] c = new float[scores ? heads * weights : tokens * model];
        turns.Add(name, heads * Work(shape), () => MatrixProduct.ExecuteBatched(
            pool, shape, heads, scores ? width : weights, width, scores ? weights : width, a, b, c));
    }
}
