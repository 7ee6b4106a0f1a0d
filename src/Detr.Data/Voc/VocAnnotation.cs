using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Detr.Data;

/// <summary>One XML file of Pascal VOC.</summary>
/// <param name="Name">The file's name without extension, which is what lists of images use.</param>
/// <param name="FileName">The picture's file as the annotation says it; may be empty or wrong.</param>
/// <param name="Width">Pixels in a row; 0 where the file does not say.</param>
/// <param name="Height">Rows; 0 where the file does not say.</param>
/// <param name="Objects">What is on it.</param>
/// <param name="Defects">What could not be understood and was left out.</param>
internal sealed record VocAnnotation(string Name, string FileName, int Width, int Height, IReadOnlyList<VocObject> Objects, IReadOnlyList<DatasetDefect> Defects)
{
    private const long MostCharacters = 1 << 24;

    /// <summary>Whether anything could be understood.</summary>
    internal bool IsReadable { get; private init; } = true;

    /// <summary>Reads a file; it may name no entities, so that it cannot grow or reach outside.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static VocAnnotation Read(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path), file = Path.GetFileName(path);
        try
        {
            using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = MostCharacters, CloseInput = true });
            XElement root = XDocument.Load(reader).Root!;
            XElement? size = root.Element("size");
            List<VocObject> objects = [];
            List<DatasetDefect> defects = [];
            foreach (XElement item in root.Elements("object"))
            {
                (VocObject? found, string wrong) = Object(item);
                if (found is not null)
                {
                    objects.Add(found);
                }
                else
                {
                    defects.Add(new DatasetDefect(DefectKind.UnreadableAnnotation, file, $"object {objects.Count + defects.Count + 1} of {file} {wrong}"));
                }
            }

            return new VocAnnotation(name, ((string?)root.Element("filename") ?? string.Empty).Trim(), Side(size, "width"), Side(size, "height"), objects, defects);
        }
        catch (XmlException error)
        {
            return new VocAnnotation(name, string.Empty, 0, 0, [], [new DatasetDefect(DefectKind.UnreadableAnnotation, file, $"{file} is not XML ({error.Message.TrimEnd('.')})")]) { IsReadable = false };
        }
    }

    private static int Side(XElement? size, string name)
        => int.TryParse((string?)size?.Element(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : 0;

    private static (VocObject? Found, string Wrong) Object(XElement item)
    {
        string name = ((string?)item.Element("name") ?? string.Empty).Trim();
        if (name.Length == 0 || item.Element("bndbox") is not { } box)
        {
            return (null, "has no <name> or no <bndbox>");
        }

        Span<float> edges = stackalloc float[4];
        string[] names = ["xmin", "ymin", "xmax", "ymax"];
        for (int i = 0; i < names.Length; i++)
        {
            if (!float.TryParse((string?)box.Element(names[i]), NumberStyles.Float, CultureInfo.InvariantCulture, out edges[i]))
            {
                return (null, $"is a {name} whose <{names[i]}> is not a number");
            }
        }

        (float x0, float y0, float x1, float y1) = (edges[0], edges[1], edges[2], edges[3]);

        // Edges are pixels counted from 1, both ends inside, so that a box from 1 to the width covers the picture. A box
        // that ends where it begins, or before, is a slip of whoever drew it and not one pixel wide.
        return (new VocObject(name, x1 > x0 ? x0 - 1 : x1, y1 > y0 ? y0 - 1 : y1, x1, y1, (string?)item.Element("difficult") is "1"), string.Empty);
    }
}
