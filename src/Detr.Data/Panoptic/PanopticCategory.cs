using Detr.Imaging;

namespace Detr.Data;

/// <summary>A kind of segment: things, which are counted, or stuff, which is not.</summary>
/// <param name="Id">Its number in the data set, which may have gaps.</param>
/// <param name="Name">What people call it.</param>
/// <param name="IsThing">Whether it is a thing (person, car) and not stuff (sky, grass).</param>
public sealed record PanopticCategory(int Id, string Name, bool IsThing)
{
    /// <summary>The colour in which it is drawn; one by its number unless given.</summary>
    public Rgb Color { get; init; } = Palette.ForIndex(Id & int.MaxValue);

    /// <summary>The same kind as an object's.</summary>
    internal Category ToCategory() => new(Id, Name) { IsThing = IsThing };
}
