using Detr.Imaging;

namespace Detr.Data.Tests;

/// <summary>Pictures appear whole or not at all.</summary>
public sealed class PngFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_holds_the_picture_and_replaces_another()
    {
        string path = Path.Combine(_folder.Path, "a.png");
        PngFile.Write(new RgbImage(9, 9), path);
        PngFile.Write(new RgbImage(7, 5), path);
        Assert.Equal((7, 5), (ImageFile.Read(path).Width, ImageFile.Read(path).Height));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_picture_that_cannot_be_written_leaves_what_was_there()
    {
        string path = Path.Combine(_folder.Path, "a.png"), none = Path.Combine(_folder.Path, "none.png");
        PngFile.Write(new RgbImage(7, 5), path);
        byte[] former = File.ReadAllBytes(path);

        // No file can be made where a folder is; a full disk fails in the same place.
        Directory.CreateDirectory($"{path}.{Environment.ProcessId}.tmp");
        Directory.CreateDirectory($"{none}.{Environment.ProcessId}.tmp");
        Assert.StartsWith($"{path} cannot be written, and what was there before is untouched", Assert.Throws<IOException>(() => PngFile.Write(new RgbImage(9, 9), path)).Message, StringComparison.Ordinal);
        Assert.Equal(former, File.ReadAllBytes(path));
        Assert.Throws<IOException>(() => PngFile.Write(new RgbImage(9, 9), none));
        Assert.False(File.Exists(none));
    }
}
