using System.Text;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Writes zip archives field by field, so that each field can lie. Nothing is compressed, and checksums are zero.</summary>
internal sealed class RawZip
{
    private const uint InZip64 = 0xFFFF_FFFF;
    private readonly List<byte> _file = [];
    private readonly List<Entry> _entries = [];

    /// <summary>Adds an entry with a local header and its bytes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="lie">What the table of contents says of it.</param>
    internal RawZip Add(string name, ReadOnlySpan<byte> bytes, Func<Entry, Entry>? lie = null)
    {
        Entry entry = new(name, bytes.Length, _file.Count);
        _file.AddRange(Local(name, bytes));
        return Claim(lie?.Invoke(entry) ?? entry);
    }

    /// <summary>Adds to the table of contents what need not be in the file.</summary>
    internal RawZip Claim(Entry entry)
    {
        _entries.Add(entry);
        return this;
    }

    /// <summary>The archive's bytes, with the end that the table of contents should have.</summary>
    /// <param name="count">How many entries it says that there are; null for the truth.</param>
    /// <param name="size">How long its table of contents is said to be.</param>
    /// <param name="offset">Where it is said to begin.</param>
    /// <param name="end64">Whether an end of 64-bit numbers stands before the usual one, which then refers to it and says nothing itself.</param>
    /// <param name="end64Offset">Where the 64-bit end is said to be.</param>
    internal byte[] ToArray(long? count = null, long? size = null, long? offset = null, bool end64 = false, long? end64Offset = null)
    {
        using MemoryStream table = new();
        using BinaryWriter writer = new(table);
        foreach (Entry entry in _entries)
        {
            WriteCentral(writer, entry);
        }

        long said = count ?? _entries.Count, length = size ?? table.Length, start = offset ?? _file.Count;
        if (end64)
        {
            long place = end64Offset ?? _file.Count + table.Length;
            WriteEnd64(writer, said, length, start, place);
            (said, length, start) = (0xFFFF, InZip64, InZip64);
        }

        Write(writer, "PK\u0005\u0006");
        writer.Write(0);
        writer.Write((ushort)said);
        writer.Write((ushort)said);
        writer.Write((uint)length);
        writer.Write((uint)start);
        writer.Write((ushort)0);
        return [.. _file, .. table.ToArray()];
    }

    /// <summary>The end of 64-bit numbers, and the record that says where it is.</summary>
    private static void WriteEnd64(BinaryWriter writer, long count, long size, long offset, long place)
    {
        Write(writer, "PK\u0006\u0006");
        writer.Write(44L);
        writer.Write((ushort)45);
        writer.Write((ushort)45);
        writer.Write(0L);
        writer.Write(count);
        writer.Write(count);
        writer.Write(size);
        writer.Write(offset);
        Write(writer, "PK\u0006\u0007");
        writer.Write(0);
        writer.Write(place);
        writer.Write(1);
    }

    private static byte[] Local(string name, ReadOnlySpan<byte> bytes)
    {
        using MemoryStream local = new();
        using BinaryWriter writer = new(local);
        Write(writer, "PK\u0003\u0004");
        WriteHead(writer, 0, 0, (uint)bytes.Length, (uint)bytes.Length, name);
        writer.Write((ushort)0);
        Write(writer, name);
        writer.Write(bytes);
        return local.ToArray();
    }

    private static void WriteCentral(BinaryWriter writer, Entry entry)
    {
        Write(writer, "PK\u0001\u0002");
        writer.Write((ushort)45);
        uint size = entry.Zip64 ? InZip64 : (uint)entry.Size;
        WriteHead(writer, entry.Flags, entry.Method, size, size, entry.Name);
        writer.Write((ushort)(entry.Zip64 ? 28 : 0));
        writer.Write((ushort)0);
        writer.Write(0);
        writer.Write(0);
        writer.Write(entry.Zip64 ? InZip64 : (uint)entry.Offset);
        Write(writer, entry.Name);
        if (entry.Zip64)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)24);
            writer.Write(entry.Size);
            writer.Write(entry.Size);
            writer.Write(entry.Offset);
        }
    }

    /// <summary>What both headers have in common, from the version that is needed to the name's length.</summary>
    private static void WriteHead(BinaryWriter writer, ushort flags, ushort method, uint compressed, uint uncompressed, string name)
    {
        writer.Write((ushort)45);
        writer.Write(flags);
        writer.Write(method);
        writer.Write(0x0021_0000);
        writer.Write(0);
        writer.Write(compressed);
        writer.Write(uncompressed);
        writer.Write((ushort)name.Length);
    }

    private static void Write(BinaryWriter writer, string text) => writer.Write(Encoding.Latin1.GetBytes(text));

    /// <summary>A line of the table of contents.</summary>
    /// <param name="Name">The entry's name.</param>
    /// <param name="Size">Its bytes, packed and unpacked.</param>
    /// <param name="Offset">Where its local header stands.</param>
    internal sealed record Entry(string Name, long Size, long Offset)
    {
        /// <summary>How it is said to be compressed; 0 for not.</summary>
        internal ushort Method { get; init; }

        /// <summary>The general-purpose flags; 1 for encrypted.</summary>
        internal ushort Flags { get; init; }

        /// <summary>Whether sizes and offset stand in a field of 64-bit numbers.</summary>
        internal bool Zip64 { get; init; }
    }
}
