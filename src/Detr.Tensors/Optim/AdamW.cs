using System.Runtime.InteropServices;

namespace Detr.Tensors;

/// <summary>AdamW over groups of parameters (Loshchilov and Hutter 2019).</summary>
public sealed class AdamW
{
    private readonly Dictionary<Parameter, (Tensor First, Tensor Second)> _moments = [];
    private readonly List<AdamWUpdate> _updates = [];

    /// <summary>Makes an optimizer.</summary>
    /// <param name="groups">The groups; a parameter stands in one of them.</param>
    public AdamW(IReadOnlyList<ParameterGroup> groups)
    {
        Groups = groups;
        foreach (Parameter parameter in groups.SelectMany(group => group.Parameters))
        {
            _moments.Add(parameter, (Zeros(parameter.Shape), Zeros(parameter.Shape)));
        }
    }

    /// <summary>The groups.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>β₁, the first moment's decay.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>β₂, the second moment's decay.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>ε, added to the second moment's root.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Steps done.</summary>
    public int Steps { get; set; }

    /// <summary>First and second moment of a parameter, for checkpoints.</summary>
    public (Tensor First, Tensor Second) Moments(Parameter parameter) => _moments[parameter];

    /// <summary>The Euclidean norm of all gradients together.</summary>
    /// <param name="context">The pass.</param>
    public double GradientNorm(ForwardContext context)
    {
        double sum = 0;
        foreach (Parameter parameter in Groups.SelectMany(group => group.Parameters))
        {
            sum += parameter.Gradient is { } gradient ? context.Backend.SumOfSquares(gradient) : 0;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>One step; gradients are scaled down first when their norm exceeds the limit, and let go afterwards.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="clipNorm">The limit; 0 for none.</param>
    /// <returns>The norm before clipping.</returns>
    /// <exception cref="ArithmeticException">The norm is not a finite number; nothing was changed.</exception>
    public double Step(ForwardContext context, double clipNorm)
    {
        double norm = GradientNorm(context);
        if (!double.IsFinite(norm))
        {
            throw new ArithmeticException($"The gradients' norm is {norm}.");
        }

        Steps++;
        float scale = clipNorm > 0 ? (float)Math.Min(1, clipNorm / (norm + 1e-6)) : 1f;
        foreach (ParameterGroup group in Groups)
        {
            Step(context, group, scale);
        }

        return norm;
    }

    private void Step(ForwardContext context, ParameterGroup group, float scale)
    {
        foreach (Parameter parameter in group.Parameters)
        {
            if (parameter.Gradient is { } gradient)
            {
                (Tensor first, Tensor second) = _moments[parameter];
                _updates.Add(new AdamWUpdate(parameter, gradient, first, second));
            }
        }

        AdamWSettings settings = new(group.LearningRate, Beta1, Beta2, Epsilon, group.WeightDecay, Steps, scale);
        context.Backend.AdamW(CollectionsMarshal.AsSpan(_updates), settings);
        _updates.Clear();
        foreach (Parameter parameter in group.Parameters)
        {
            if (parameter.Gradient is not null)
            {
                parameter.MarkChanged();
                parameter.ClearGradient();
            }
        }
    }

    private static Tensor Zeros(Shape shape) => Tensor.FromArray(shape, new float[shape.Length]);
}
