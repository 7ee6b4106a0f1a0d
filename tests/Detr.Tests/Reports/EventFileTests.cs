using System.Buffers.Binary;
using System.Text;
using Detr.Training;

namespace Detr.Tests.Reports;

/// <summary>The event file, read byte by byte: framing and checksums by their definitions, messages by their field numbers.</summary>
public sealed class EventFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-events").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_checksum_here_is_the_published_one()
    {
        // RFC 3720, B.4: 32 bytes of zeros, and of ones.
        Assert.Equal(0x8a9136aau, Checksum(new byte[32]));
        Assert.Equal(0x62a8ab43u, Checksum(Enumerable.Repeat((byte)0xff, 32).ToArray()));
    }

    [Fact]
    public void Values_come_back()
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
        EventFile file = new(_folder, 41, time);
        file.Add(50, time.AddSeconds(1), [("train/loss", 2.5), ("bbox/AP", 0.125)]);
        file.Add(1L << 40, time.AddSeconds(2), [("größe", -1e-3)]);
        Assert.Equal($"events.out.tfevents.1700000000.{Environment.MachineName}.{Environment.ProcessId}", Path.GetFileName(file.Path));

        List<byte[]> records = Records(File.ReadAllBytes(file.Path));
        Assert.Equal(4, records.Count);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(Bytes(Fields(records[0])[3].Single())));
        Assert.Equal(41ul, Fields(records[1])[2].Single());
        Assert.Equal(1ul, Fields(Bytes(Fields(records[1])[7].Single()))[1].Single());
        Assert.Equal(1_700_000_001.25, BitConverter.UInt64BitsToDouble((ulong)Fields(records[2])[1].Single()));
        Assert.Equal(50ul, Fields(records[2])[2].Single());
        Assert.Equal([("train/loss", 2.5f), ("bbox/AP", 0.125f)], Values(records[2]));
        Assert.Equal(1ul << 40, Fields(records[3])[2].Single());
        Assert.Equal([("größe", -1e-3f)], Values(records[3]));
    }

    private static (string, float)[] Values(byte[] record) =>
    [
        .. Fields(Bytes(Fields(record)[5].Single()))[1].Select(value => Fields(Bytes(value)))
            .Select(value => (Encoding.UTF8.GetString(Bytes(value[1].Single())), BitConverter.UInt32BitsToSingle((uint)(ulong)value[2].Single()))),
    ];

    private static byte[] Bytes(object value) => (byte[])value;

    /// <summary>TensorFlow's records: length, its masked checksum, data, theirs.</summary>
    private static List<byte[]> Records(ReadOnlySpan<byte> file)
    {
        List<byte[]> records = [];
        while (file.Length > 0)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Assert.Equal(Masked(file[..8]), BinaryPrimitives.ReadUInt32LittleEndian(file[8..]));
            byte[] data = file.Slice(12, length).ToArray();
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file[(12 + length)..]));
            records.Add(data);
            file = file[(16 + length)..];
        }

        return records;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint checksum = Checksum(data);
        return ((checksum >> 15) | (checksum << 17)) + 0xa282ead8;
    }

    /// <summary>CRC-32C bit by bit: the polynomial 0x1edc6f41, turned round.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint checksum = uint.MaxValue;
        foreach (byte value in data)
        {
            checksum ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                checksum = (checksum >> 1) ^ ((checksum & 1) * 0x82f63b78);
            }
        }

        return ~checksum;
    }

    /// <summary>A message's fields by number: numbers as they lie there, the others as bytes.</summary>
    private static Dictionary<int, List<object>> Fields(ReadOnlySpan<byte> message)
    {
        Dictionary<int, List<object>> fields = [];
        while (message.Length > 0)
        {
            ulong key = Varint(ref message);
            object value;
            switch (key & 7)
            {
                case 0:
                    value = Varint(ref message);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(message);
                    message = message[8..];
                    break;
                case 2:
                    int length = (int)Varint(ref message);
                    value = message[..length].ToArray();
                    message = message[length..];
                    break;
                default:
                    Assert.Equal(5ul, key & 7);
                    value = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(message);
                    message = message[4..];
                    break;
            }

            if (!fields.TryGetValue((int)(key >> 3), out List<object>? values))
            {
                fields[(int)(key >> 3)] = values = [];
            }

            values.Add(value);
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = message[0];
            message = message[1..];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }
    }
}
