namespace Detr.Tensors.Checkpoints;

/// <summary>How a value that a pickle would have a global make is read.</summary>
internal enum PickledMeaning
{
    /// <summary>A <see cref="PickledDictionary"/>, empty or from another one or from a list of pairs.</summary>
    Dictionary,

    /// <summary>The list or tuple that it is given.</summary>
    Sequence,

    /// <summary>A <see cref="PickledTensor"/>.</summary>
    Tensor,

    /// <summary>The tensor that it is given.</summary>
    Parameter,

    /// <summary>The type of a storage; stands in persistent ids alone and is never called.</summary>
    Storage,

    /// <summary>Itself; never called.</summary>
    Constant,

    /// <summary>A <see cref="PickledObject"/>.</summary>
    Object,
}
