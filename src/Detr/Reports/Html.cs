using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Detr.Reports;

/// <summary>
/// Markup that is safe to stand in a page. It is made of interpolated strings alone, in which the literal parts are markup and
/// every value is encoded as text unless it is <see cref="Html"/> itself; so a name with <c>&lt;</c> in it stays a name.
/// </summary>
public readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing.</summary>
    public static Html Empty => default;

    /// <summary>Markup of an interpolated string, such as <c>Html.Of($"&lt;td&gt;{name}&lt;/td&gt;")</c>.</summary>
    /// <param name="markup">The string; numbers in it are written the same everywhere.</param>
    public static Html Of(Template markup) => new(markup.ToString());

    /// <summary>Pieces one after the other.</summary>
    /// <param name="pieces">The pieces.</param>
    public static Html Join(IEnumerable<Html> pieces)
    {
        StringBuilder all = new();
        foreach (Html piece in pieces)
        {
            all.Append(piece._markup);
        }

        return new Html(all.ToString());
    }

    /// <summary>Markup that was encoded where it was made.</summary>
    /// <param name="markup">The markup.</param>
    internal static Html Trusted(string markup) => new(markup);

    /// <summary>The markup.</summary>
    public override string ToString() => _markup ?? string.Empty;

    /// <summary>Collects the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Template
    {
        private readonly StringBuilder _markup;

        /// <summary>Begins; called by the compiler.</summary>
        /// <param name="literalLength">Characters of the literal parts.</param>
        /// <param name="formattedCount">How many values there are.</param>
        public Template(int literalLength, int formattedCount) => _markup = new StringBuilder(literalLength + (formattedCount * 16));

        /// <summary>Adds markup that stands in the program's text.</summary>
        /// <param name="markup">The markup.</param>
        public void AppendLiteral(string markup) => _markup.Append(markup);

        /// <summary>Adds markup.</summary>
        /// <param name="markup">The markup.</param>
        public void AppendFormatted(Html markup) => _markup.Append(markup._markup);

        /// <summary>Adds text, encoded.</summary>
        /// <param name="text">The text.</param>
        public void AppendFormatted(string? text) => _markup.Append(WebUtility.HtmlEncode(text));

        /// <summary>Adds a value, encoded.</summary>
        /// <typeparam name="T">Its type.</typeparam>
        /// <param name="value">The value.</param>
        /// <param name="format">Its format.</param>
        public void AppendFormatted<T>(T value, string? format = null)
            => AppendFormatted(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString());

        /// <summary>The markup.</summary>
        public override string ToString() => _markup.ToString();
    }
}
