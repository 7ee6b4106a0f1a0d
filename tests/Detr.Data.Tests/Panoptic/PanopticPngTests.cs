using Detr.Imaging;

namespace Detr.Data.Tests.Panoptic;

/// <summary>Panoptic PNGs: exact where they are that, and refused where they only look like it.</summary>
public sealed class PanopticPngTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Png => Path.Combine(_folder.Path, "map.png");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_id_comes_back()
    {
        PanopticMap map = new(257, 3);
        Random random = new(5);
        for (int i = 0; i < map.Ids.Length; i++)
        {
            map.Ids[i] = random.Next(PanopticMap.LargestId + 1);
        }

        (map.Ids[0], map.Ids[^1]) = (PanopticMap.LargestId, 0);
        PanopticPng.Write(map, Png);
        PanopticMap read = PanopticPng.Read(Png);
        Assert.Equal((257, 3), (read.Width, read.Height));
        Assert.Equal(map.Ids, read.Ids);
    }

    [Fact]
    public void Red_is_the_lowest_byte()
    {
        PanopticMap map = new(1, 1);
        map.Ids[0] = 1 + (256 * 2) + (65536 * 3);
        PanopticPng.Write(map, Png);
        Assert.Equal([1, 2, 3], ImageFile.Read(Png).Pixels);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(PanopticMap.LargestId + 1)]
    public void Ids_of_more_than_three_bytes_are_not_written(int id)
    {
        PanopticMap map = new(2, 2);
        map.Ids[3] = id;
        Assert.Throws<ArgumentException>(() => PanopticPng.Write(map, Png));
        Assert.False(File.Exists(Png));
    }

    [Fact]
    public void Alpha_is_dropped_and_a_palette_looked_up()
    {
        RawPng.Write(Png, 2, 1, 8, 6, [7, 1, 0, 0, 9, 0, 2, 128]);
        Assert.Equal([7 + 256, 9 + (2 * 65536)], PanopticPng.Read(Png).Ids);
        RawPng.Write(Png, 2, 1, 8, 3, [1, 0], [1, 2, 3, 4, 5, 6]);
        Assert.Equal([4 + (5 * 256) + (6 * 65536), 1 + (2 * 256) + (3 * 65536)], PanopticPng.Read(Png).Ids);
    }

    [Fact]
    public void Grey_and_sixteen_bits_are_refused()
    {
        RawPng.Write(Png, 2, 1, 8, 0, [1, 2]);
        Refused("is grey");
        RawPng.Write(Png, 1, 1, 8, 4, [1, 255]);
        Refused("is grey");
        RawPng.Write(Png, 1, 1, 16, 2, [0, 1, 0, 2, 0, 3]);
        Refused("16 bits");
    }

    [Fact]
    public void What_is_no_picture_or_claims_too_much_is_refused_before_memory_is_taken()
    {
        File.WriteAllBytes(Png, []);
        Refused("is no PNG");
        File.WriteAllText(Png, "a text of more than twenty-six bytes");
        Refused("is no PNG");
        RawPng.Write(Png, int.MaxValue, int.MaxValue, 8, 2, []);
        Refused("pixels allowed");
        RawPng.Write(Png, 8000, 8000, 8, 2, []);
        Refused("more than");
        PanopticPng.Write(new PanopticMap(40, 30), Png);
        File.WriteAllBytes(Png, File.ReadAllBytes(Png)[..^20]);
        Refused("truncated");
    }

    private void Refused(string why)
    {
        string message = Assert.Throws<InvalidDataException>(() => PanopticPng.Read(Png)).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains(Png, message, StringComparison.Ordinal);
    }
}
