using System.Diagnostics;
using System.Globalization;
using Detr.Benchmarks;
using Detr.Kernels;

// dotnet run -c Release --project benchmarks/Detr.Benchmarks -- [size] [samples]
// Peak and product in turn, many short samples, because a shared machine's speed moves while one looks.
int size = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1024;
int samples = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60;

using WorkerPool one = new(1);
Random random = new(1);
float[] a = Enumerable.Range(0, size * size).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
float[] b = Enumerable.Range(0, size * size).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
float[] c = new float[size * size];
MatrixShape shape = new(size, size, size);
PackedMatrix packed = PackedMatrix.Pack(one, size, size, b, transposed: false);

double productWork = 2.0 * size * size * size;
double[] peak = new double[samples], product = new double[samples], constant = new double[samples];
for (int i = -3; i < samples; i++)
{
    long start = Stopwatch.GetTimestamp();
    double work = PeakMultiplyAdd.Run(2_000_000);
    double atPeak = work / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;

    start = Stopwatch.GetTimestamp();
    MatrixProduct.Execute(one, shape, a, b, c);
    double plain = productWork / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;

    start = Stopwatch.GetTimestamp();
    MatrixProduct.Execute(one, shape, a, packed, c);
    double withPacked = productWork / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    if (i >= 0)
    {
        (peak[i], product[i], constant[i]) = (atPeak, plain, withPacked);
    }
}

Print("FMA peak", peak, peak);
Print($"product {size}³", product, peak);
Print("  B packed before", constant, peak);

static void Print(string name, double[] figures, double[] peak)
{
    double best = figures.Max(), median = Median(figures);
    Console.WriteLine(FormattableString.Invariant(
        $"{name,-20} best {best,7:F1} GFLOP/s ({best / peak.Max():P1} of peak)   median {median,7:F1} ({median / Median(peak):P1})"));
}

static double Median(double[] values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}
