using System.Buffers.Binary;
using Detr.Imaging;

namespace Detr.Data;

/// <summary>Panoptic maps as COCO keeps them: PNG whose red, green and blue are an id's bytes, id = R + 256 G + 65536 B.</summary>
public static class PanopticPng
{
    /// <summary>Maps of more pixels are refused before any memory is taken.</summary>
    public const int MaximumPixels = 1 << 26;

    // Of a PNG (11.2.1): the signature, then the chunk of the header: length, type, width, height, depth, colour type.
    private const int WidthAt = 16;
    private const int DepthAt = 24;
    private const int ColorTypeAt = 25;
    private const int HeaderBytes = 26;

    /// <summary>Reads a map.</summary>
    /// <param name="path">The file. An alpha channel is dropped and a palette looked up, since both leave the ids as they were.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no PNG of RGB with eight bits, is damaged, or is larger than <see cref="MaximumPixels"/>.</exception>
    public static PanopticMap Read(string path)
    {
        CheckHeader(path);
        RgbImage image = ImageFile.Read(path, new ImageReadOptions { MaximumPixels = MaximumPixels, ApplyOrientation = false });
        PanopticMap map = new(image.Width, image.Height);
        ReadOnlySpan<byte> bytes = image.Pixels;
        int[] ids = map.Ids;
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = bytes[3 * i] | (bytes[(3 * i) + 1] << 8) | (bytes[(3 * i) + 2] << 16);
        }

        return map;
    }

    /// <summary>Writes a map; the file appears whole or not at all.</summary>
    /// <param name="map">The map.</param>
    /// <param name="path">The file, which is replaced if it is there.</param>
    /// <exception cref="ArgumentException">An id is negative or above <see cref="PanopticMap.LargestId"/>.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(PanopticMap map, string path)
    {
        RgbImage image = new(map.Width, map.Height);
        Span<byte> bytes = image.Pixels;
        int[] ids = map.Ids;
        for (int i = 0; i < ids.Length; i++)
        {
            int id = ids[i];
            if ((uint)id > PanopticMap.LargestId)
            {
                throw new ArgumentException($"The id {id} does not fit into a PNG's three bytes; ids go from 0 to {PanopticMap.LargestId}.", nameof(map));
            }

            (bytes[3 * i], bytes[(3 * i) + 1], bytes[(3 * i) + 2]) = ((byte)id, (byte)(id >> 8), (byte)(id >> 16));
        }

        PngFile.Write(image, path);
    }

    /// <summary>A map's width and height, from the file's header alone.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no PNG of RGB with eight bits.</exception>
    internal static (long Width, long Height) CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1))
        {
            if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']))
            {
                throw new InvalidDataException($"{path} is no PNG, the one format of panoptic maps.");
            }
        }

        // Grey would mean ids to some programs and R = G = B to others; of 16 bits, half would be lost.
        string? wrong = (header[ColorTypeAt], header[DepthAt]) switch
        {
            (0 or 4, _) => "is grey",
            (_, 16) => "has 16 bits",
            _ => null,
        };
        return wrong is null
            ? (BinaryPrimitives.ReadUInt32BigEndian(header[WidthAt..]), BinaryPrimitives.ReadUInt32BigEndian(header[(WidthAt + 4)..]))
            : throw new InvalidDataException($"{path} {wrong}; a panoptic map is a PNG of RGB with eight bits each, id = R + 256 G + 65536 B.");
    }
}
