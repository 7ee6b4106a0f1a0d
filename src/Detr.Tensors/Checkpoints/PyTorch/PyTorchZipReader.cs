using System.IO.Compression;

namespace Detr.Tensors.Checkpoints;

/// <summary>
/// Reads what torch.save has written since 1.6: a zip archive with one folder, in it a pickle (data.pkl) and a file of bare
/// numbers for each storage (data/0, data/1 …), none of them compressed.
/// </summary>
internal static class PyTorchZipReader
{
    internal static Checkpoint Open(CheckpointFile file)
    {
        using ZipArchive archive = Archive(file);
        Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (!entries.TryAdd(entry.FullName, entry))
            {
                throw file.Bad($"holds {entry.FullName} twice");
            }
        }

        return Open(file, entries);
    }

    private static ZipArchive Archive(CheckpointFile file)
    {
        try
        {
            // Asked for its first entry, the archive reads its whole table of contents.
            ZipArchive archive = new(file.Stream, ZipArchiveMode.Read, leaveOpen: true);
            _ = archive.Entries;
            return archive;
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw file.Bad("is cut off, or is not a zip archive that can be read", cause: error);
        }
    }

    private static Checkpoint Open(CheckpointFile file, Dictionary<string, ZipArchiveEntry> entries)
    {
        const string Pickle = "data.pkl";
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith($"/{Pickle}", StringComparison.Ordinal) && name.IndexOf('/') == name.Length - Pickle.Length - 1)];
        if (pickles.Length != 1)
        {
            throw file.Bad("is a zip archive, but not one that torch.save wrote", "use a .safetensors or .pth file");
        }

        string folder = pickles[0][..^Pickle.Length];
        if (entries.ContainsKey($"{folder}constants.pkl"))
        {
            throw file.Bad("is a TorchScript program", "save the model's state_dict instead");
        }

        // The entry says "little" or "big", so its length is enough.
        if (entries.TryGetValue($"{folder}byteorder", out ZipArchiveEntry? order) && order.Length == "big".Length)
        {
            throw file.Bad("holds big-endian numbers", "save it again on a little-endian machine");
        }

        ZipArchiveEntry pickle = entries[pickles[0]];
        object? root = new PickleReader(new PickleInput(file, Position(file, pickle), pickle.Length)).Read();
        Dictionary<string, (long Position, long Length)> storages = new(StringComparer.Ordinal);
        return PyTorchContents.ToCheckpoint(file, root, storage =>
        {
            if (!storages.TryGetValue(storage.Key, out (long Position, long Length) place))
            {
                ZipArchiveEntry entry = entries.GetValueOrDefault($"{folder}data/{storage.Key}") ?? throw file.Bad($"lacks the numbers that its pickle calls {storage.Key}");
                place = (Position(file, entry), entry.Length);
                storages.Add(storage.Key, place);
            }

            return place;
        });
    }

    /// <summary>Where in the file an entry's bytes begin.</summary>
    /// <remarks>
    /// <see cref="ZipArchive"/> does not tell, but it reads what is not compressed without a buffer, so that the file's own
    /// position gives the place away. This is asked twice, so that a runtime that did buffer would be noticed. With the place
    /// known, tensors are read like those of the other formats: straight into their memory, from any thread, and only the
    /// part that a view touches.
    /// </remarks>
    private static long Position(CheckpointFile file, ZipArchiveEntry entry)
    {
        if (entry.Length != entry.CompressedLength || entry.IsEncrypted)
        {
            throw file.Bad($"keeps {entry.FullName} compressed or encrypted", "save it again with torch.save");
        }

        if (entry.Length == 0)
        {
            return 0;
        }

        if (entry.Length < 0 || entry.Length > file.Length)
        {
            throw file.Bad($"is cut off or damaged: it gives {entry.FullName} {entry.Length} bytes");
        }

        try
        {
            using Stream stream = entry.Open();
            _ = stream.ReadByte();
            long start = file.Stream.Position - 1;
            bool unbuffered = entry.Length == 1 || (stream.ReadByte() >= 0 && file.Stream.Position == start + 2);
            return unbuffered && entry.Length <= file.Length - start ? start : throw new InvalidDataException(entry.FullName);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw file.Bad($"keeps {entry.FullName} where it cannot be read", cause: error);
        }
    }

    /// <summary>The runtime's reader believes sizes and places in 64-bit fields, and stumbles over those that no file can have.</summary>
    private static bool IsDamage(Exception error) => error is InvalidDataException or IOException or ArgumentException;
}
