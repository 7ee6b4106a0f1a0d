using System.Globalization;

namespace Detr.Studies;

/// <summary>A column of numbers.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Format">How they are written, as .NET's formats: <c>F3</c> for shares, <c>N0</c> for counts.</param>
public sealed record StudyColumn(string Title, string Format = "F3")
{
    /// <summary>A number as text, the same everywhere.</summary>
    /// <param name="value">The number; null where there is none.</param>
    public string Text(double? value) => value?.ToString(Format, CultureInfo.InvariantCulture) ?? "n/a";
}
