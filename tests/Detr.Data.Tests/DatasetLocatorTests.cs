namespace Detr.Data.Tests;

/// <summary>Folders of every layout, and folders that are none.</summary>
public sealed class DatasetLocatorTests : IDisposable
{
    private const string Coco = """{"images":[{"id":1,"file_name":"a.png","width":8,"height":6}],"categories":[{"id":1,"name":"thing"}],"annotations":[]}""";
    private const string Voc = "<annotation><filename>a.png</filename><size><width>8</width><height>6</height></size></annotation>";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("annotations/instances_train2017.json", "train2017/a.png", "train")]
    [InlineData("annotations/instances_train2017.json", "train2017/a.png", "train2017")]
    [InlineData("annotations/instances_train.json", "images/train/a.png", "train")]
    [InlineData("annotations/train.json", "images/a.png", "train")]
    [InlineData("annotations/instances_hard_cases.json", "hard_cases/a.png", "hard_cases")]
    [InlineData("train/_annotations.coco.json", "train/a.png", "train")]
    [InlineData("cells-train.json", "a.png", "train")]
    [InlineData("valid/_annotations.coco.json", "valid/a.png", "val")]
    public void Layouts_of_coco_are_found(string annotations, string picture, string split)
    {
        _folder.Write(annotations, Coco);
        _folder.Write("annotations/captions_train2017.json", "{}");
        _folder.WritePicture(picture, 8, 6);
        IDetectionDataset data = DatasetLocator.Open(_folder.Path, split);
        Assert.IsType<CocoDataset>(data);
        Assert.Equal(8, data.Load(0).Width);
        Assert.False(DatasetLocator.Exists(_folder.Path, split == "val" ? "train" : "val"));
    }

    [Fact]
    public void A_layout_of_voc_is_found()
    {
        WriteVoc();
        Assert.IsType<VocDataset>(DatasetLocator.Open(_folder.Path, "train"));
        Assert.Equal(6, DatasetLocator.Open(_folder.Path, "train", DatasetFormat.Voc).Load(0).Height);
        Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "train", DatasetFormat.Coco));
    }

    [Fact]
    public void Two_files_of_one_split_are_named()
    {
        _folder.Write("annotations/instances_train.json", Coco);
        _folder.Write("annotations/instances_train2017.json", Coco);
        string message = Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "train")).Message;
        Assert.Contains("instances_train.json, instances_train2017.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_formats_ask_for_a_choice()
    {
        WriteVoc();
        _folder.Write("instances_train.json", Coco);
        Assert.Contains("--format", Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "train")).Message, StringComparison.Ordinal);
        Assert.IsType<CocoDataset>(DatasetLocator.Open(_folder.Path, "train", DatasetFormat.Coco));
    }

    [Fact]
    public void An_empty_folder_says_what_it_should_hold()
    {
        string message = Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "train")).Message;
        Assert.Contains("it is empty", message, StringComparison.Ordinal);
        Assert.Contains("instances_train.json", message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => DatasetLocator.Open(Path.Combine(_folder.Path, "none"), "train"));
        Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "../train"));
    }

    [Fact]
    public void Splits_are_those_that_are_there()
    {
        WriteVoc();
        _folder.Write("ImageSets/Main/trainval.txt", "a\n");
        _folder.Write("ImageSets/Main/test.txt", "a\n");
        Assert.Equal(["train", "test"], DatasetLocator.Splits(_folder.Path));
        File.Delete(Path.Combine(_folder.Path, "ImageSets", "Main", "train.txt"));
        Assert.Equal(["trainval", "test"], DatasetLocator.Splits(_folder.Path));
    }

    private void WriteVoc()
    {
        _folder.Write("Annotations/a.xml", Voc);
        _folder.Write("ImageSets/Main/train.txt", "a\n");
        _folder.WritePicture("JPEGImages/a.png", 8, 6);
    }
}
