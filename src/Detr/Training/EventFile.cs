using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace Detr.Training;

/// <summary>
/// A run's values for TensorBoard: a file of TensorFlow's event records, each with its length and both with a masked CRC-32C,
/// and in them protocol buffers (<c>Event</c> and <c>Summary</c>) of which plain numbers are all that is written.
/// </summary>
public sealed class EventFile
{
    private const string Version = "brain.Event:2";

    // Fields of Event, of Summary and its Value, and of SessionLog.
    private const int WallTime = 1;
    private const int Step = 2;
    private const int FileVersion = 3;
    private const int Summary = 5;
    private const int SessionLog = 7;
    private const int SummaryValue = 1;
    private const int Tag = 1;
    private const int SimpleValue = 2;
    private const int SessionStatus = 1;
    private const int SessionStart = 1;

    /// <summary>Begins a file; those of earlier parts of the run stay beside it.</summary>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <param name="firstStep">The step that comes next; what older files say of it and of later steps no longer counts.</param>
    /// <param name="time">Now.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public EventFile(string folder, long firstStep, DateTimeOffset time)
    {
        Path = System.IO.Path.Combine(folder, FormattableString.Invariant($"events.out.tfevents.{time.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}"));
        Append(
            Event(time, 0, output => Write(output, FileVersion, ByteString.CopyFromUtf8(Version))),
            Event(time, firstStep, output => Write(output, SessionLog, Message(session =>
            {
                session.WriteTag(SessionStatus, WireFormat.WireType.Varint);
                session.WriteEnum(SessionStart);
            }))));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Adds values.</summary>
    /// <param name="step">The step that they are of.</param>
    /// <param name="time">Now.</param>
    /// <param name="values">The values by name; a slash in a name makes groups.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(long step, DateTimeOffset time, IEnumerable<(string Name, double Value)> values) => Append(Event(time, step, output => Write(output, Summary, Message(summary =>
    {
        foreach ((string name, double value) in values)
        {
            Write(summary, SummaryValue, Message(item =>
            {
                Write(item, Tag, ByteString.CopyFromUtf8(name));
                item.WriteTag(SimpleValue, WireFormat.WireType.Fixed32);
                item.WriteFloat((float)value);
            }));
        }
    }))));

    private static ByteString Event(DateTimeOffset time, long step, Action<CodedOutputStream> what) => Message(output =>
    {
        output.WriteTag(WallTime, WireFormat.WireType.Fixed64);
        output.WriteDouble(time.ToUnixTimeMilliseconds() / 1000.0);
        output.WriteTag(Step, WireFormat.WireType.Varint);
        output.WriteInt64(step);
        what(output);
    });

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            write(output);
        }

        return ByteString.CopyFrom(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(CodedOutputStream output, int field, ByteString value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(value);
    }

    private static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        const uint Mask = 0xa282ead8;
        uint checksum = uint.MaxValue;
        foreach (byte value in data)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return BitOperations.RotateRight(~checksum, 15) + Mask;
    }

    private void Append(params ReadOnlySpan<ByteString> events)
    {
        using FileStream stream = new(Path, FileMode.Append, FileAccess.Write, FileShare.Read);
        Span<byte> length = stackalloc byte[sizeof(ulong)], checksum = stackalloc byte[sizeof(uint)];
        foreach (ByteString data in events)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
            stream.Write(length);
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(length));
            stream.Write(checksum);
            stream.Write(data.Span);
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(data.Span));
            stream.Write(checksum);
        }
    }
}
