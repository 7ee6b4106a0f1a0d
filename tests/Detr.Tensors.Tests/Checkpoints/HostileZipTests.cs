using System.Runtime.InteropServices;
using Detr.Tensors.Checkpoints;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Zip archives whose headers lie: sizes, places, counts, entries over entries. Each is read rightly or refused in one sentence.</summary>
public sealed class HostileZipTests : IDisposable
{
    private const string PickleName = "archive/data.pkl";
    private const string StorageName = "archive/data/0";
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-zip").FullName;

    public static TheoryData<string> Lying => new(Lies.Keys);

    private static Dictionary<string, Func<RawZip.Entry, RawZip.Entry>> Lies { get; } = new()
    {
        ["2^62 bytes"] = entry => entry with { Size = 1L << 62, Zip64 = true },
        ["the most bytes"] = entry => entry with { Size = long.MaxValue, Zip64 = true },
        ["-1 bytes"] = entry => entry with { Size = -1, Zip64 = true },
        ["the fewest bytes"] = entry => entry with { Size = long.MinValue, Zip64 = true },
        ["4 GB"] = entry => entry with { Size = 0xFFFF_FFFE },
        ["more than the file"] = entry => entry with { Size = entry.Size + 10_000 },
        ["no bytes"] = entry => entry with { Size = 0 },
        ["one byte"] = entry => entry with { Size = 1 },
        ["a place past the end"] = entry => entry with { Offset = 1 << 30 },
        ["a place at 2^62"] = entry => entry with { Offset = 1L << 62, Zip64 = true },
        ["a place before the beginning"] = entry => entry with { Offset = -1, Zip64 = true },
        ["a place at the very beginning of numbers"] = entry => entry with { Offset = long.MinValue, Zip64 = true },
        ["a place amid other bytes"] = entry => entry with { Offset = entry.Offset + 3 },
        ["deflated"] = entry => entry with { Method = 8 },
        ["compressed in a way that nobody knows"] = entry => entry with { Method = 0xFFFF },
        ["encrypted"] = entry => entry with { Flags = 1 },
        ["named with a way out"] = entry => entry with { Name = "../" + entry.Name },
        ["named like another"] = entry => entry with { Name = entry.Name == PickleName ? StorageName : PickleName },
        ["unnamed"] = entry => entry with { Name = string.Empty },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_honest_archive_is_read(bool zip64)
        => Assert.Equal(Numbers, Read(Archive(entry => entry with { Zip64 = zip64 }, entry => entry with { Zip64 = zip64 }).ToArray(end64: zip64)));

    [Theory]
    [MemberData(nameof(Lying))]
    public void An_entry_that_lies_is_refused(string lie)
    {
        Assert.Null(Read(Archive(Lies[lie], null).ToArray()));
        Assert.Null(Read(Archive(null, Lies[lie]).ToArray()));
    }

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(1, null, null)]
    [InlineData(3, null, null)]
    [InlineData(65534, null, null)]
    [InlineData(65535, null, null)]
    [InlineData(null, 0L, null)]
    [InlineData(null, 0xFFFF_FFFEL, null)]
    [InlineData(null, 0xFFFF_FFFFL, null)]
    [InlineData(null, null, 0L)]
    [InlineData(null, null, 1L)]
    [InlineData(null, null, 0xFFFF_FFFEL)]
    [InlineData(null, null, 0xFFFF_FFFFL)]
    [InlineData(65535, 0xFFFF_FFFFL, 0xFFFF_FFFFL)]
    public void A_table_of_contents_that_lies_is_refused_or_seen_through(int? count, long? size, long? offset)
    {
        float[]? read = Read(Archive(null, null).ToArray(count, size, offset));
        Assert.True(read is null || read.SequenceEqual(Numbers));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(-1L)]
    [InlineData(1L << 31)]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_table_of_contents_that_lies_in_64_bits_is_refused_or_seen_through(long lie)
    {
        RawZip zip = Archive(null, null);
        foreach (byte[] file in new[] { zip.ToArray(lie, end64: true), zip.ToArray(size: lie, end64: true), zip.ToArray(offset: lie, end64: true), zip.ToArray(end64: true, end64Offset: lie) })
        {
            float[]? read = Read(file);
            Assert.True(read is null || read.SequenceEqual(Numbers));
        }
    }

    [Fact]
    public void Ten_thousand_entries_in_the_same_bytes_take_no_more_memory_than_one()
    {
        PickleBuilder pickle = new PickleBuilder().Raw("}(");
        for (int i = 0; i < 10_000; i++)
        {
            pickle.Text($"w{i}").Tensor(12, 0, [12], [1], key: $"{i}");
        }

        RawZip zip = new RawZip().Add(StorageName, MemoryMarshal.AsBytes<float>(Numbers));
        zip.Add(PickleName, pickle.Raw("u.").ToArray());
        for (int i = 1; i < 10_000; i++)
        {
            zip.Claim(new RawZip.Entry($"archive/data/{i}", 48, 0));
        }

        float[]? read = Read(zip.ToArray());
        Assert.True(read is null || read.SequenceEqual(Numbers));
    }

    [Fact]
    public void A_storage_that_lies_over_the_pickle_is_only_numbers()
        => Read(new RawZip().Add(PickleName, Pickle()).Claim(new RawZip.Entry(StorageName, 48, 0)).ToArray());

    [Fact]
    public void Damage_to_any_header_is_read_or_refused()
    {
        byte[] whole = Archive(entry => entry with { Zip64 = true }, entry => entry with { Zip64 = true }).ToArray(end64: true);
        Random random = new(5);
        byte[] extremes = [0, 1, 0x7F, 0x80, 0xFF];
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = [.. whole];
            int start = random.Next(damaged.Length), length = Math.Min(1 << random.Next(4), damaged.Length - start);
            damaged.AsSpan(start, length).Fill(extremes[random.Next(extremes.Length)]);
            Read(damaged);
        }
    }

    private static byte[] Pickle() => new PickleBuilder().Raw("}").Text("w").Tensor(12, 0, [12], [1]).Raw("s.").ToArray();

    private static RawZip Archive(Func<RawZip.Entry, RawZip.Entry>? pickle, Func<RawZip.Entry, RawZip.Entry>? storage)
        => new RawZip().Add(PickleName, Pickle(), pickle).Add(StorageName, MemoryMarshal.AsBytes<float>(Numbers), storage);

    /// <summary>The numbers of the first tensor; null when the file was refused, which must be in one sentence and cost little.</summary>
    private float[]? Read(byte[] file)
    {
        string path = Path.Combine(_folder, "hostile.pth");
        File.WriteAllBytes(path, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(path);
            return [.. checkpoint.Tensors.Values.Select(tensor => tensor.ToFloats()).ToArray()[0]];
        }
        catch (InvalidDataException error)
        {
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
            return null;
        }
        finally
        {
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000, "Too much memory was taken.");
        }
    }
}
