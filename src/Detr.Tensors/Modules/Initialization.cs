namespace Detr.Tensors;

/// <summary>How parameters begin.</summary>
public static class Initialization
{
    /// <summary>All elements the same; they take memory when they are first asked for.</summary>
    public static void Fill(Parameter parameter, float value) => parameter.Defer(elements => elements.Fill(value));

    /// <summary>Uniform in [−bound, bound).</summary>
    public static void Uniform(Parameter parameter, RandomStream random, double bound)
    {
        float[] values = new float[parameter.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(((2 * random.NextDouble()) - 1) * bound);
        }

        parameter.Write(values);
    }

    /// <summary>Normal with mean 0.</summary>
    public static void Normal(Parameter parameter, RandomStream random, double deviation)
    {
        float[] values = new float[parameter.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(random.NextGaussian() * deviation);
        }

        parameter.Write(values);
    }

    /// <summary>Uniform with bound √(6 / (fan in + fan out)) (Glorot and Bengio 2010); a matrix [out, in] or a kernel [out, in, height, width].</summary>
    public static void Xavier(Parameter parameter, RandomStream random)
    {
        int taps = parameter.Length / (parameter.Shape[0] * parameter.Shape[1]);
        Uniform(parameter, random, Math.Sqrt(6.0 / ((parameter.Shape[0] + parameter.Shape[1]) * taps)));
    }

    /// <summary>Normal with variance 2 / fan out (He et al. 2015); a kernel [out, in, height, width].</summary>
    public static void HeFanOut(Parameter parameter, RandomStream random)
        => Normal(parameter, random, Math.Sqrt(2.0 / (parameter.Shape[0] * parameter.Shape[2] * parameter.Shape[3])));

    /// <summary>Uniform with bound 1 / √(fan in).</summary>
    public static void FanIn(Parameter parameter, RandomStream random, int fanIn) => Uniform(parameter, random, 1 / Math.Sqrt(fanIn));
}
