namespace Detr.Tensors;

/// <summary>A function of one number.</summary>
public enum UnaryOperation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>1 / (1 + exp(−x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>exp(x).</summary>
    Exp,

    /// <summary>ln(x).</summary>
    Log,

    /// <summary>√x.</summary>
    Sqrt,

    /// <summary>|x|.</summary>
    Abs,

    /// <summary>x².</summary>
    Square,
}
