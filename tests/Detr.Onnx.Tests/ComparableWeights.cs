using Detr.Tensors;

namespace Detr.Onnx.Tests;

/// <summary>
/// Random weights that keep activations in the range of a trained model's, so that differences are those of rounding, and that
/// leave no factor at 1 and no term at 0. The benchmarks' peers have the same.
/// </summary>
internal static class ComparableWeights
{
    internal static void Fill(ParameterSet parameters)
    {
        RandomStream random = new(3);
        foreach (Parameter parameter in parameters)
        {
            (double middle, double reach) = (parameter.Name.Split('.')[^1], parameter.Shape.Rank) switch
            {
                ("running_var", _) => (1, 0.5),
                ("weight", 1) => (0.7, 0.2),
                (_, 1) => (0, 0.1),
                _ => (0, Math.Sqrt(6.0 * parameter.Shape[0] / parameter.Length)),
            };
            float[] values = new float[parameter.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(middle + (reach * ((2 * random.NextDouble()) - 1)));
            }

            parameter.Write(values);
        }
    }
}
