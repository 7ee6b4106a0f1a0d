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
            {"id":13,"image_id":1,"category_id":1,"bbox":[8,0,4,4]},{"id":14,"image_id":1,"category_id":1,"bbox":[7,5,9,9]},{"id":15,"image_id":1,"category_id":1,"bbox":[1e39,0,1,1]}]}
            """);
        IReadOnlyList<DatasetDefect> defects = DatasetCheck.Run(CocoDataset.Open(file, _folder.Path));
        Assert.Equal(
            [DefectKind.NoArea, DefectKind.OutsideImage, DefectKind.NotFinite, DefectKind.WrongSize, DefectKind.UnreadableImage, DefectKind.MissingImage],
            defects.Select(defect => defect.Kind));
        Assert.Equal([true, true, false, false, false, false], defects.Select(defect => defect.IsHarmless));
        Assert.Contains("annotation 12 on good.png", defects[0].Description, StringComparison.Ordinal);
        Assert.Contains("6 × 8", defects[3].Description, StringComparison.Ordinal);
        Assert.Contains("gone.png", defects[5].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_scenes_have_no_defects() => Assert.Empty(DatasetCheck.Run(new ShapesDataset(20, 3, new ShapesOptions { Size = 64 })));
}
