using System.Globalization;
using System.Text;
using Detr.Tensors.Checkpoints;

namespace Detr.Reports;

/// <summary>Tables as comma-separated values (RFC 4180); numbers are written the same everywhere, and what is missing is empty.</summary>
internal static class CsvFile
{
    internal static void Write(string path, IEnumerable<string> headings, IEnumerable<IEnumerable<object?>> rows) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', headings.Select(Quoted)));
        foreach (IEnumerable<object?> row in rows)
        {
            writer.WriteLine(string.Join(',', row.Select(value => Quoted(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty))));
        }
    });

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
