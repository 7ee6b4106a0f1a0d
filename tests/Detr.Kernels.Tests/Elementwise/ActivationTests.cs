namespace Detr.Kernels.Tests;

/// <summary>Functions of one element against System.Math, and their derivatives against the formulas.</summary>
public sealed class ActivationTests
{
    private const int AcrossThreads = 40_001;

    private static readonly Dictionary<string, Activation> Activations = new(StringComparer.Ordinal)
    {
        ["absolute value"] = new(AbsoluteValue.Forward, AbsoluteValue.Backward, OfResult: false, -3, 3, Math.Abs, x => Math.Sign(x)),
        ["exponential"] = new(Exponential.Forward, Exponential.Backward, OfResult: true, -4, 4, Math.Exp, Math.Exp),
        ["tanh"] = new(HyperbolicTangent.Forward, HyperbolicTangent.Backward, OfResult: true, -4, 4, Math.Tanh, x => 1 - (Math.Tanh(x) * Math.Tanh(x))),
        ["inverse sigmoid"] = new(
            (pool, x, y) => InverseSigmoid.Forward(pool, x, 1e-5f, y), (pool, x, dy, dx) => InverseSigmoid.Backward(pool, x, 1e-5f, dy, dx), OfResult: false, 0.01, 0.99,
            x => Math.Log(x / (1 - x)), x => 1 / (x * (1 - x))),
        ["logarithm"] = new(Logarithm.Forward, Logarithm.Backward, OfResult: false, 0.1, 9, Math.Log, x => 1 / x),
        ["relu"] = new(Relu.Forward, Relu.Backward, OfResult: true, -3, 3, x => Math.Max(x, 0), x => x > 0 ? 1 : 0),
        ["sigmoid"] = new(Sigmoid.Forward, Sigmoid.Backward, OfResult: true, -6, 6, Logistic, x => Logistic(x) * (1 - Logistic(x))),
        ["square"] = new(Square.Forward, Square.Backward, OfResult: false, -3, 3, x => x * x, x => 2 * x),
        ["square root"] = new(SquareRoot.Forward, SquareRoot.Backward, OfResult: true, 0.1, 9, Math.Sqrt, x => 0.5 / Math.Sqrt(x)),
    };

    private delegate void ForwardPass(WorkerPool pool, ReadOnlySpan<float> x, Span<float> y);

    private delegate void BackwardPass(WorkerPool pool, ReadOnlySpan<float> known, ReadOnlySpan<float> dy, Span<float> dx);

    public static TheoryData<string> Names => [.. Activations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_derivatives_are_those_of_the_formulas(string name)
    {
        Activation activation = Activations[name];
        using WorkerPool pool = new(3);
        Random random = new(1);
        foreach (int length in (int[])[0, 1, 7, 8, 31, 33, AcrossThreads])
        {
            float[] x = Numbers.Uniform(random, length), dy = Numbers.Uniform(random, length);
            for (int i = 0; i < length; i++)
            {
                x[i] = (float)(activation.Low + ((activation.High - activation.Low) * (x[i] + 1) / 2));
            }

            float[] y = new float[length], dx = new float[length];
            activation.Forward(pool, x, y);
            activation.Backward(pool, activation.OfResult ? y : x, dy, dx);

            Numbers.AssertClose(Array.ConvertAll(x, value => (float)activation.Value(value)), y, 16);
            Numbers.AssertClose([.. x.Zip(dy, (value, slope) => (float)(activation.Derivative(value) * slope))], dx, 100);

            float[] inPlace = (float[])dy.Clone();
            activation.Backward(pool, activation.OfResult ? y : x, inPlace, inPlace);
            Assert.Equal(dx, inPlace);
            activation.Forward(pool, x, x);
            Assert.Equal(y, x);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_result_of_another_length_is_refused(string name)
    {
        using WorkerPool pool = new(1);

        Assert.Throws<ArgumentException>(() => Activations[name].Forward(pool, new float[9], new float[8]));
        Assert.Throws<ArgumentException>(() => Activations[name].Backward(pool, new float[9], new float[8], new float[9]));
    }

    [Fact]
    public void Corners_have_derivative_0()
    {
        using WorkerPool pool = new(1);
        float[] dx = new float[9], ones = [1, 1, 1, 1, 1, 1, 1, 1, 1];

        AbsoluteValue.Backward(pool, new float[9], ones, dx);
        Assert.All(dx, slope => Assert.Equal(0f, slope));
        Relu.Backward(pool, new float[9], ones, dx);
        Assert.All(dx, slope => Assert.Equal(0f, slope));
    }

    /// <summary>Near an end one of the two maxima is ε, and the other one alone gives a derivative.</summary>
    [Fact]
    public void The_inverse_sigmoid_stays_finite_at_0_and_1()
    {
        using WorkerPool pool = new(1);
        float[] x = [0f, 1f, -7f, 7f, 0.01f, 0.99f, 0.3f], y = new float[7], dx = new float[7];

        InverseSigmoid.Forward(pool, x, 0.1f, y);
        InverseSigmoid.Backward(pool, x, 0.1f, [1f, 1f, 1f, 1f, 1f, 1f, 1f], dx);

        double bound = Math.Log(10);
        Numbers.AssertClose([(float)-bound, (float)bound, (float)-bound, (float)bound, (float)Math.Log(0.1 / 0.99), (float)Math.Log(0.99 / 0.1), (float)Math.Log(0.3 / 0.7)], y, 1);
        Numbers.AssertClose([1f, 1f, 0f, 0f, 1 / 0.99f, 1 / 0.99f, (1 / 0.3f) + (1 / 0.7f)], dx, 1);
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private sealed record Activation(
        ForwardPass Forward, BackwardPass Backward, bool OfResult, double Low, double High, Func<double, double> Value, Func<double, double> Derivative);
}
