using System.Collections;

namespace Detr.Tensors;

/// <summary>All parameters and buffers of a model, by name, in the order in which they were made.</summary>
public sealed class ParameterSet : IEnumerable<Parameter>
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);
    private readonly List<Parameter> _ordered = [];

    /// <summary>How many there are.</summary>
    public int Count => _ordered.Count;

    /// <summary>A parameter by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Parameter this[string name] => _byName[name];

    /// <summary>Adds a parameter that training changes.</summary>
    /// <param name="name">Its key in a state dictionary.</param>
    /// <param name="shape">The axes' sizes.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Parameter Add(string name, Shape shape)
    {
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
        float[] values = new float[shape.Length];
        values.AsSpan().Fill(value);
        buffer.Write(values);
        return buffer;
    }

    /// <summary>Whether there is one of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => _ordered.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
