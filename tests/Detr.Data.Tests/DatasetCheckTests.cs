using Detr.Imaging;

namespace Detr.Data.Tests;

/// <summary>Defects are found before training and not during it.</summary>
public sealed class DatasetCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_kind_of_defect_is_found_and_a_sound_picture_has_none()
    {
        _folder.WritePicture("good.png", 8, 6);
        _folder.WritePicture("turned.png", 6, 8);
        _folder.Write("text.png", "no picture");
        string file = _folder.Write("a.json", """
            {"categories":[{"id":1,"name":"thing"}],
            "images":[{"id":1,"file_name":"good.png","width":8,"height":6},{"id":2,"file_name":"turned.png","width":8,"height":6},
            {"id":3,"file_name":"text.png","width":8,"height":6},{"id":4,"file_name":"gone.png","width":8,"height":6}],
            "annotations":[{"id":11,"image_id":1,"category_id":1,"bbox":[0,0,8,6]},{"id":12,"image_id":1,"category_id":1,"bbox":[2,2,0,3]},
            {"id":13,"image_id":1,"category_id":1,"bbox":[8,0,4,4]},{"id":14,"image_id":1,"category_id":1,"bbox":[7,5,1.9,1]},
            {"id":15,"image_id":1,"category_id":1,"bbox":[1e39,0,1,1]},{"id":16,"image_id":1,"category_id":1,"bbox":[7,5,9,1]},{"id":17,"image_id":1,"category_id":1,"bbox":[0,0,8,6]}]}
            """);
        IReadOnlyList<DatasetDefect> defects = DatasetCheck.Run(CocoDataset.Open(file, _folder.Path), new DatasetCheckOptions { Queries = 3 });
        Assert.Equal(
            [
                DefectKind.NoArea, DefectKind.OutsideImage, DefectKind.NotFinite, DefectKind.BeyondEdge, DefectKind.RepeatedObject, DefectKind.TooManyObjects,
                DefectKind.WrongSize, DefectKind.UnreadableImage, DefectKind.MissingImage,
            ],
            defects.Select(defect => defect.Kind));
        Assert.Equal([true, true, false, true, true, false, false, false, false], defects.Select(defect => defect.IsHarmless));
        Assert.Contains("annotation 12 on good.png", defects[0].Description, StringComparison.Ordinal);
        Assert.Contains("8 pixels beyond", defects[3].Description, StringComparison.Ordinal);
        Assert.Contains("4 objects", defects[5].Description, StringComparison.Ordinal);
        Assert.Contains("6 × 8", defects[6].Description, StringComparison.Ordinal);
        Assert.Contains("gone.png", defects[8].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_reader_left_out_is_reported_with_categories_that_are_not_used()
    {
        string file = _folder.Write("a.json", """
            {"categories":[{"id":3,"name":"thing"},{"id":7,"name":"Cat"},{"id":9,"name":"cat"}],"images":[],"annotations":[{"id":1,"image_id":1,"category_id":3,"bbox":[0,0,8,6]}]}
            """);
        IReadOnlyList<DatasetDefect> defects = DatasetCheck.Run(CocoDataset.Open(file, _folder.Path));
        Assert.Equal([DefectKind.UnknownImage, DefectKind.RepeatedName, DefectKind.UnusedCategory], defects.Select(defect => defect.Kind));
        Assert.Contains("7 and 9", defects[1].Description, StringComparison.Ordinal);
        Assert.Contains("3 of 3", defects[2].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_is_cut_off_is_found_by_decoding_it()
    {
        using MemoryStream stream = new();
        JpegEncoder.Write(new RgbImage(60, 50), stream);
        File.WriteAllBytes(Path.Combine(_folder.Path, "cut.jpg"), stream.ToArray()[..^20]);
        string file = _folder.Write("a.json", """{"categories":[],"images":[{"id":1,"file_name":"cut.jpg","width":60,"height":50}],"annotations":[]}""");
        IDetectionDataset data = CocoDataset.Open(file, _folder.Path);
        Assert.Empty(DatasetCheck.Run(data));
        Assert.Equal(DefectKind.UnreadableImage, Assert.Single(DatasetCheck.Run(data, new DatasetCheckOptions { Decode = true })).Kind);
    }

    [Theory]
    [InlineData(8, 6, DefectKind.TurnedImage)]
    [InlineData(6, 8, null)]
    [InlineData(5, 8, DefectKind.WrongSize)]
    public void Boxes_of_a_picture_that_exif_turns_must_be_of_the_upright_picture(int width, int height, DefectKind? expected)
    {
        // A JPEG of 8 × 6 pixels; the segment says orientation 6, so that it is upright with 6 × 8.
        using MemoryStream stream = new();
        JpegEncoder.Write(new RgbImage(8, 6), stream);
        byte[] plain = stream.ToArray();
        byte[] orientation = [0xFF, 0xE1, 0, 34, .. "Exif"u8, 0, 0, .. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        File.WriteAllBytes(Path.Combine(_folder.Path, "a.jpg"), [.. plain[..2], .. orientation, .. plain[2..]]);
        string file = _folder.Write("a.json", $$"""{"categories":[],"images":[{"id":1,"file_name":"a.jpg","width":{{width}},"height":{{height}}}],"annotations":[]}""");
        Assert.Equal(expected, DatasetCheck.Run(CocoDataset.Open(file, _folder.Path)).SingleOrDefault()?.Kind);
    }

    [Fact]
    public void The_same_picture_in_two_splits_is_found()
    {
        _folder.WritePicture("a.png", 8, 6);
        _folder.WritePicture("b.png", 8, 6);
        _folder.WritePicture("c.png", 9, 6);
        const string Head = """{"categories":[],"annotations":[],"images":[""";
        IDetectionDataset train = CocoDataset.Open(_folder.Write("train.json", Head + """{"id":1,"file_name":"a.png","width":8,"height":6},{"id":2,"file_name":"c.png","width":9,"height":6}]}"""), _folder.Path);
        IDetectionDataset val = CocoDataset.Open(_folder.Write("val.json", Head + """{"id":1,"file_name":"b.png","width":8,"height":6},{"id":2,"file_name":"a.png","width":8,"height":6}]}"""), _folder.Path);
        IReadOnlyList<DatasetDefect> defects = SplitCheck.Run([("train", train), ("val", val)]);
        Assert.Equal(["b.png of val and a.png of train are the same picture", "a.png of val and a.png of train are one file"], defects.Select(defect => defect.Description));
        Assert.Empty(SplitCheck.Run([("train", train)]));
    }

    [Fact]
    public void Two_splits_share_what_is_the_same_to_the_last_byte_and_not_what_repeats_in_one()
    {
        byte[] long1 = new byte[10_000], long2 = new byte[10_000];
        long2[^1] = 1;
        foreach ((string name, byte[] bytes) in new[] { ("a", long1), ("b", long1), ("c", long2), ("d", long1), ("e", [1]), ("f", [1]) })
        {
            File.WriteAllBytes(Path.Combine(_folder.Path, name), bytes);
        }

        IDetectionDataset train = Of("train", "a", "b", "missing"), val = Of("val", "c", "d", "e", "f", "missing");
        Assert.Equal("d of val and a of train are the same picture", Assert.Single(SplitCheck.Shared(("train", train), ("val", val))).Description);
        Assert.Equal(3, SplitCheck.Run([("train", train), ("val", val)]).Count);
        Assert.Empty(SplitCheck.Shared(("val", val), ("none", Of("none"))));

        CocoDataset Of(string split, params string[] names)
        {
            string images = string.Join(',', names.Select((name, i) => $$"""{"id":{{i + 1}},"file_name":"{{name}}","width":8,"height":6}"""));
            return CocoDataset.Open(_folder.Write($"{split}.json", $$"""{"categories":[],"annotations":[],"images":[{{images}}]}"""), _folder.Path);
        }
    }

    [Fact]
    public void Categories_that_differ_between_splits_are_found()
    {
        IDetectionDataset train = Named("""{"id":1,"name":"cat"},{"id":2,"name":"dog"}"""), val = Named("""{"id":1,"name":"Cat"},{"id":3,"name":"dog"},{"id":2,"name":"gnu"}""");
        IReadOnlyList<DatasetDefect> defects = SplitCheck.Run([("train", train), ("val", val)]);
        Assert.Equal(["val has categories that train lacks, so that nothing learns them: gnu", "categories have other ids in val than in train: dog"], defects.Select(defect => defect.Description));
        Assert.All(defects, defect => Assert.True(defect.IsHarmless));
        Assert.Empty(SplitCheck.Run([("train", train), ("val", train)]));

        CocoDataset Named(string categories) => CocoDataset.Open(_folder.Write("a.json", $$"""{"images":[],"annotations":[],"categories":[{{categories}}]}"""), _folder.Path);
    }

    [Fact]
    public void A_check_can_be_stopped()
    {
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetCheck.Run(new ShapesDataset(20, 3, new ShapesOptions { Size = 64 }), cancellationToken: stop.Token));
    }

    [Fact]
    public void Generated_scenes_have_no_defects() => Assert.Empty(DatasetCheck.Run(new ShapesDataset(20, 3, new ShapesOptions { Size = 64 })));
}
