namespace Detr.Onnx.Tests.Interpreter;

/// <summary>Operators that add up along an axis.</summary>
internal static class Rows
{
    internal static Value MatMul(Value left, Value right)
    {
        (int rows, int inner, int columns) = (left.Shape[^2], left.Shape[^1], right.Shape[^1]);
        Assert.Equal(inner, right.Shape[^2]);
        int[] outer = Elementwise.Common(left.Shape[..^2], right.Shape[..^2]);
        double[] a = Elementwise.Spread(left, [.. outer, rows, inner]), b = Elementwise.Spread(right, [.. outer, inner, columns]);
        double[] result = new double[Value.Product(outer) * rows * columns];
        for (int row = 0; row < result.Length / columns; row++)
        {
            int matrix = row / rows * inner * columns;
            for (int i = 0; i < inner; i++)
            {
                double factor = a[(row * inner) + i];
                for (int column = 0; column < columns; column++)
                {
                    result[(row * columns) + column] += factor * b[matrix + (i * columns) + column];
                }
            }
        }

        return left with { Shape = [.. outer, rows, columns], Elements = result };
    }

    internal static Value Softmax(Value x, Attributes attributes)
    {
        Assert.Equal(x.Rank - 1, x.Axis(attributes.Integer("axis")));
        return EachRow(x, row =>
        {
            double largest = row.Max();
            double[] powers = [.. row.Select(element => Math.Exp(element - largest))];
            double sum = powers.Sum();
            return powers.Select(power => power / sum);
        });
    }

    internal static Value LayerNormalization(Value x, Value weight, Value bias, Attributes attributes)
    {
        Assert.Equal(x.Rank - 1, x.Axis(attributes.Integer("axis")));
        double epsilon = attributes.Float("epsilon");
        return EachRow(x, row =>
        {
            double mean = row.Average(), deviation = Math.Sqrt(row.Average(element => (element - mean) * (element - mean)) + epsilon);
            return row.Select((element, i) => ((element - mean) / deviation * weight.Elements[i]) + bias.Elements[i]);
        });
    }

    /// <summary>Each channel of [batch, channels, places] by itself.</summary>
    internal static Value InstanceNormalization(Value x, Value weight, Value bias, Attributes attributes)
    {
        Assert.Equal(3, x.Rank);
        double epsilon = attributes.Float("epsilon");
        int channel = 0, channels = x.Shape[1];
        return EachRow(x, row =>
        {
            double mean = row.Average(), deviation = Math.Sqrt(row.Average(element => (element - mean) * (element - mean)) + epsilon);
            (double factor, double term) = (weight.Elements[channel % channels], bias.Elements[channel % channels]);
            channel++;
            return row.Select(element => ((element - mean) / deviation * factor) + term).ToArray();
        });
    }

    /// <summary>The sum up to and with each place, or of the whole axis, which then has size 1.</summary>
    internal static Value Sums(Value x, long axis, bool cumulative)
    {
        int place = x.Axis(axis);
        (int outer, int size, int inner) = x.Around(place);
        int results = cumulative ? size : 1;
        double[] sums = new double[outer * results * inner];
        for (int i = 0; i < x.Elements.Length; i++)
        {
            int above = i / inner / size, along = i / inner % size, below = i % inner;
            for (int result = cumulative ? along : 0; result < results; result++)
            {
                sums[(((above * results) + result) * inner) + below] += x.Elements[i];
            }
        }

        return x with { Shape = [.. x.Shape[..place], results, .. x.Shape[(place + 1)..]], Elements = sums };
    }

    private static Value EachRow(Value x, Func<double[], IEnumerable<double>> function)
        => x with { Elements = [.. x.Elements.Chunk(x.Shape[^1]).SelectMany(function)] };
}
