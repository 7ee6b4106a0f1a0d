namespace Detr.Tensors;

/// <summary>A tensor that training changes, under the name that checkpoints know it by.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Makes a parameter of zeros.</summary>
    /// <param name="name">Its key in a state dictionary.</param>
    /// <param name="shape">The axes' sizes.</param>
    public Parameter(string name, Shape shape)
        : base(new HostStorage(shape.Length, static elements => elements.Clear()) { IsParameter = true }, shape)
    {
        Name = name;
        RequiresGradient = true;
    }

    /// <summary>Its key in a state dictionary.</summary>
    public string Name { get; }

    /// <summary>Whether training changes it; a frozen parameter gets no gradient.</summary>
    public bool Trainable
    {
        get => RequiresGradient;
        set => RequiresGradient = value;
    }

    /// <summary>Whether it is state that no gradient ever changes, such as a norm's running mean.</summary>
    public bool IsBuffer { get; internal set; }

    /// <summary>How often the elements were replaced: what was derived from them (packed weights) is stale when this moves.</summary>
    public int Version => Storage.Version;

    /// <summary>Replaces all elements.</summary>
    /// <param name="elements">As many as this tensor has, row-major.</param>
    public override void Write(ReadOnlySpan<float> elements)
    {
        base.Write(elements);
        MarkChanged();
    }

    /// <summary>Replaces all elements by ones that are read when they are first needed, if need be again and again.</summary>
    /// <param name="read">Sets as many elements as this tensor has, row-major; called from any thread.</param>
    public void Defer(Action<Span<float>> read)
    {
        ((HostStorage)Storage).Defer(read);
        MarkChanged();
    }

    /// <summary>Whether the elements are in memory, or come from elsewhere when they are needed.</summary>
    public bool IsInMemory => ((HostStorage)Storage).IsPresent;

    /// <summary>Brings deferred elements into memory, for good.</summary>
    public void Materialize() => _ = AsSpan();

    /// <summary>Says that the elements were replaced.</summary>
    public void MarkChanged() => Storage.MarkChanged();

    /// <summary>Lets the gradient go.</summary>
    public void ClearGradient()
    {
        Gradient?.Storage.Release();
        Gradient = null;
    }
}
