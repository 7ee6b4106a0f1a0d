using System.Diagnostics;
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
    public async Task A_named_pipe_is_written_to_and_not_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            // There pipes have no names among files.
            return;
        }

        string path = Path.Combine(_folder, "pipe");
        using (Process make = Process.Start("mkfifo", path))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        for (byte i = 1; i <= 2; i++)
        {
            // To open a pipe is to wait for its other end.
            Task<byte[]> reader = Task.Run(() => File.ReadAllBytes(path), TestContext.Current.CancellationToken);
            AtomicFile.Write(path, stream => stream.WriteByte(i));
            Assert.Equal([i], await reader.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }

        Assert.Equal(0, new FileInfo(path).Length);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_link_stays_and_leads_to_the_new_file()
    {
        string path = Path.Combine(_folder, "file"), link = Path.Combine(_folder, "link");
        try
        {
            File.CreateSymbolicLink(link, path);
        }
        catch (Exception error) when (OperatingSystem.IsWindows() && error is IOException or UnauthorizedAccessException)
        {
            // There not everybody may make one.
            return;
        }

        AtomicFile.Write(link, stream => stream.WriteByte(1));
        AtomicFile.Write(link, stream => stream.WriteByte(2));
        Assert.Equal(path, new FileInfo(link).LinkTarget);
        Assert.Equal([2], File.ReadAllBytes(path));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
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
