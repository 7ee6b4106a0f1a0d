using System.Collections;

namespace Detr.Tensors;

/// <summary>All parameters and buffers of a model, by name, in the order in which they were made.</summary>
public sealed class ParameterSet : IEnumerable<Parameter>
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private readonly List<Parameter> _ordered = [];

    private readonly long _elementLimit;
    private long _elements;

    /// <summary>Makes an empty set.</summary>
    /// <param name="elementLimit">The most elements that all parameters may have together.</param>
    public ParameterSet(long elementLimit = long.MaxValue) => _elementLimit = elementLimit;

    /// <summary>How many there are.</summary>
    public int Count => _ordered.Count;

    /// <summary>A parameter by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Parameter this[string name] => _byName[name];

    /// <summary>Adds a parameter that training changes.</summary>
    /// <param name="name">Its key in a state dictionary.</param>
    /// <param name="shape">The axes' sizes.</param>
    /// <exception cref="ArgumentException">The name is taken, or the set has too many elements then.</exception>
    public Parameter Add(string name, Shape shape)
    {
        _elements += shape.Length;
        if (_elements > _elementLimit)
        {
            throw new ArgumentException($"With {name} there are more than {_elementLimit} numbers.", nameof(shape));
        }

        Parameter parameter = new(name, shape);
        _byName.Add(name, parameter);
        _ordered.Add(parameter);
        return parameter;
    }

    /// <summary>Adds a buffer: saved with the model, never trained.</summary>
    /// <param name="name">Its key in a state dictionary.</param>
    /// <param name="shape">The axes' sizes.</param>
    /// <param name="value">What its elements begin with.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Parameter AddBuffer(string name, Shape shape, float value)
    {
        Parameter buffer = Add(name, shape);
        buffer.IsBuffer = true;
        buffer.Trainable = false;
        Initialization.Fill(buffer, value);
        return buffer;
    }

    /// <summary>Whether there is one of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => _ordered.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
