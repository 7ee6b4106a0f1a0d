using Detr.Explain;
using Detr.Tensors;

namespace Detr.Tests.Explain;

/// <summary>Methods that gather attention over layers, against the papers' formulas with whole matrices in double precision.</summary>
public sealed class RelevanceFormulaTests
{
    private const int Cells = 6;
    private const int Queries = 4;

    public static TheoryData<bool, bool, bool, bool, int> Variants
    {
        get
        {
            TheoryData<bool, bool, bool, bool, int> variants = new();
            for (int i = 0; i < 32; i++)
            {
                variants.Add((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0, (i & 16) != 0 ? 3 : 2);
            }

            return variants;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Relevance_is_that_of_the_formula(bool normalizes, bool usesSelfAttention, bool aggregates, bool drops, int layers)
    {
        FusedAttention attention = Random(emptyRow: drops ? 1 : 0);
        Relevance method = new()
        {
            Normalizes = normalizes, UsesSelfAttention = usesSelfAttention, Aggregates = aggregates, DropsUndefinedLayers = drops, DecoderLayers = layers,
        };
        double[,] expected = Plain(attention, method, layers);
        for (int query = 0; query < Queries; query++)
        {
            AssertClose(Row(expected, query), method.Map(attention, query));
        }
    }

    [Fact]
    public void A_row_of_zeros_counts_for_nothing_and_drops_its_layer_only_when_asked_to()
    {
        FusedAttention attention = Random(emptyRow: 0);
        float[] kept = new Relevance { DecoderLayers = 1 }.Map(attention, 1), dropped = new Relevance { DecoderLayers = 1, DropsUndefinedLayers = true }.Map(attention, 1);
        Assert.All(kept, value => Assert.True(value > 0));
        Assert.All(dropped, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Rollout_is_that_of_the_formula()
    {
        FusedAttention attention = Random(emptyRow: 1);
        double[,] cells = Product(attention.Encoder), queries = Product(attention.DecoderSelf);
        double[,] expected = Times(Transposed(queries), Times(Matrix(attention.DecoderCross[^1]), cells));
        for (int query = 0; query < Queries; query++)
        {
            AssertClose(Row(expected, query), new Rollout().Map(attention, query));
        }

        static double[,] Product(IReadOnlyList<AttentionMap> layers)
            => layers.Select(layer => RowsOfSum1(Plus(Matrix(layer), Identity(layer.Keys)))).Aggregate((product, layer) => Times(layer, product));
    }

    [Fact]
    public void Partial_lrp_goes_from_0_to_1_and_is_0_where_nothing_differs()
    {
        FusedAttention attention = Random(emptyRow: 1);
        float[] all = [.. Enumerable.Range(0, Queries).SelectMany(query => new PartialLrp().Map(attention, query))];
        Assert.Equal((0f, 1f), (all.Min(), all.Max()));
        FusedAttention flat = new([], [], [new AttentionMap(2, 3, [1f, 1f, 1f, 1f, 1f, 1f])]);
        Assert.Equal([0f, 0f, 0f], new PartialLrp().Map(flat, 1));
    }

    [Fact]
    public void Names_find_methods_and_none_is_there_twice()
    {
        Assert.All(RelevanceMethods.All, method => Assert.Same(method, RelevanceMethods.Find(method.Name.ToUpperInvariant())));
        Assert.Equal(RelevanceMethods.All.Count, RelevanceMethods.All.Select(method => method.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Null(RelevanceMethods.Find("saliency"));
    }

    /// <summary>The rules as the paper writes them, all matrices whole.</summary>
    private static double[,] Plain(FusedAttention attention, Relevance method, int layers)
    {
        double[,] cells = Identity(Cells), queries = Identity(Queries), result = new double[Queries, Cells];
        foreach (AttentionMap layer in attention.Encoder)
        {
            cells = Next(cells, Times(Matrix(layer), cells));
        }

        for (int i = 0; i < layers; i++)
        {
            (double[,] self, double[,] cross) = (Matrix(attention.DecoderSelf[i]), Matrix(attention.DecoderCross[i]));
            (queries, result) = (Next(queries, Times(self, queries)), Next(result, Times(self, result)));
            double[,] addition = method.UsesSelfAttention ? Times(Transposed(Normalized(queries)), Times(cross, Normalized(cells))) : cross;
            if (method.DropsUndefinedLayers && Enumerable.Range(0, Queries).Any(row => Row(addition, row).Any(double.IsNaN)))
            {
                addition = new double[Queries, Cells];
            }

            result = Next(result, addition);
        }

        return result;

        double[,] Next(double[,] before, double[,] addition) => method.Aggregates ? Plus(before, addition) : addition;

        double[,] Normalized(double[,] r)
        {
            if (!method.Normalizes || !method.Aggregates)
            {
                return r;
            }

            double[,] spread = Plus(r, Identity(r.GetLength(0)), -1);
            for (int row = 0; row < r.GetLength(0); row++)
            {
                double sum = Row(spread, row).Sum();
                for (int column = 0; column < r.GetLength(1); column++)
                {
                    spread[row, column] = sum == 0 && !method.DropsUndefinedLayers ? 0 : spread[row, column] / sum;
                }
            }

            return Plus(spread, Identity(r.GetLength(0)));
        }
    }

    /// <summary>Three decoder and two encoder layers; row 2 of the first so many decoder self-attentions is zero, as after all-negative gradients.</summary>
    private static FusedAttention Random(int emptyRow)
    {
        RandomStream random = new(5);
        AttentionMap[] self = [.. Enumerable.Range(0, 3).Select(_ => Map(Queries, Queries))];
        self.Take(emptyRow + 1).ToList().ForEach(map => map.Values.AsSpan(2 * Queries, Queries).Clear());
        return new FusedAttention([Map(Cells, Cells), Map(Cells, Cells)], self, [.. Enumerable.Range(0, 3).Select(_ => Map(Queries, Cells))]);

        AttentionMap Map(int queries, int keys) => new(queries, keys, [.. Enumerable.Range(0, queries * keys).Select(_ => 0.01f + (0.1f * (float)random.NextDouble()))]);
    }

    private static double[,] Matrix(AttentionMap map) => Make(map.Queries, map.Keys, (row, column) => map.Values[(row * map.Keys) + column]);

    private static double[,] Identity(int size) => Make(size, size, (row, column) => row == column ? 1 : 0);

    private static double[,] Transposed(double[,] a) => Make(a.GetLength(1), a.GetLength(0), (row, column) => a[column, row]);

    private static double[,] Plus(double[,] a, double[,] b, double factor = 1) => Make(a.GetLength(0), a.GetLength(1), (row, column) => a[row, column] + (factor * b[row, column]));

    private static double[,] RowsOfSum1(double[,] a) => Make(a.GetLength(0), a.GetLength(1), (row, column) => a[row, column] / Row(a, row).Sum());

    private static double[,] Times(double[,] a, double[,] b)
        => Make(a.GetLength(0), b.GetLength(1), (row, column) => Enumerable.Range(0, b.GetLength(0)).Sum(k => a[row, k] * b[k, column]));

    private static double[,] Make(int rows, int columns, Func<int, int, double> element)
    {
        double[,] matrix = new double[rows, columns];
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i / columns, i % columns] = element(i / columns, i % columns);
        }

        return matrix;
    }

    private static double[] Row(double[,] a, int row) => [.. Enumerable.Range(0, a.GetLength(1)).Select(column => a[row, column])];

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1e-3, expected.Max())));
    }
}
