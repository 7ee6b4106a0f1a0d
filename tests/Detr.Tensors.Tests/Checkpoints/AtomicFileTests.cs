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
}
