using Detr.Tensors.Checkpoints;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Files appear whole or not at all.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-atomic").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_there_stays_until_the_new_contents_are_whole()
    {
        string path = Path.Combine(_folder, "file");
        AtomicFile.Write(path, stream => stream.WriteByte(1));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(2);
            Assert.Equal([1], File.ReadAllBytes(path));
            throw new InvalidOperationException("The contents cannot be made.");
        }));
        Assert.Equal([1], File.ReadAllBytes(path));
        AtomicFile.Write(path, stream => stream.WriteByte(3));
        Assert.Equal([3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_disk_that_is_full_is_one_sentence_and_leaves_what_was_there()
    {
        string path = Path.Combine(_folder, "file");
        AtomicFile.Write(path, stream => stream.WriteByte(1));
        IOException error = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(2);
            throw new IOException("No space left on device.");
        }));
        Assert.Equal($"{path} cannot be written, and what was there before is untouched: No space left on device.", error.Message);
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_deleted_and_nothing_else()
    {
        foreach (string name in new[] { "file", "file.123.tmp", "file.4.tmp", "file.txt", "file.tmp", "other.123.tmp" })
        {
            File.WriteAllText(Path.Combine(_folder, name), name);
        }

        AtomicFile.DeleteLeftovers(_folder);
        Assert.Equal(["file", "file.tmp", "file.txt"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
