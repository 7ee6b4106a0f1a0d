using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Detr.Data;

/// <summary>One XML file of Pascal VOC.</summary>
/// <param name="Name">The file's name without extension, which is what lists of images use.</param>
/// <param name="FileName">The picture's file as the annotation says it; may be empty or wrong.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Objects">What is on it.</param>
internal sealed record VocAnnotation(string Name, string FileName, int Width, int Height, IReadOnlyList<VocObject> Objects)
{
    private const long MostCharacters = 1 << 24;

    /// <summary>Reads a file; it may name no entities, so that it cannot grow or reach outside.</summary>
    /// <exception cref="InvalidDataException">The file is not such XML.</exception>
    internal static VocAnnotation Read(string path)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = MostCharacters, CloseInput = true });
            XElement root = XDocument.Load(reader).Root!;
            XElement? size = root.Element("size");
            int width = (int?)size?.Element("width") ?? 0, height = (int?)size?.Element("height") ?? 0;
            if (width < 1 || height < 1)
            {
                throw new InvalidDataException($"{path} does not say how large its picture is; it needs <size> with <width> and <height>.");
            }

            return new VocAnnotation(
                Path.GetFileNameWithoutExtension(path), ((string?)root.Element("filename") ?? string.Empty).Trim(), width, height, [.. root.Elements("object").Select(item => Object(path, item))]);
        }
        catch (Exception error) when (error is XmlException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"{path} is not an annotation in Pascal VOC's XML ({error.Message.TrimEnd('.')}); export it again.", error);
        }
    }

    private static VocObject Object(string path, XElement item)
    {
        string name = ((string?)item.Element("name") ?? string.Empty).Trim();
        XElement? box = item.Element("bndbox");
        if (name.Length == 0 || box is null)
        {
            throw new InvalidDataException($"{path} has an object without a <name> or a <bndbox>; add it or remove the object.");
        }

        float Edge(string edge) => float.TryParse((string?)box.Element(edge), NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            ? value
            : throw new InvalidDataException($"{path} has a {name} whose <{edge}> is not a number; correct it or remove the object.");

        (float x0, float y0, float x1, float y1) = (Edge("xmin"), Edge("ymin"), Edge("xmax"), Edge("ymax"));

        // Edges are pixels counted from 1, both ends inside, so that a box from 1 to the width covers the picture. A box
        // that ends where it begins, or before, is a slip of whoever drew it and not one pixel wide.
        return new VocObject(name, x1 > x0 ? x0 - 1 : x1, y1 > y0 ? y0 - 1 : y1, x1, y1, (string?)item.Element("difficult") is "1");
    }
}
