namespace Detr.Data.Tests.Voc;

/// <summary>Pascal VOC's XML.</summary>
public sealed class VocDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Boxes_count_from_one_with_both_ends_inside()
    {
        Annotate("b", Object("zebra", "1", "1", "40", "30"), Object("ant", "11", "6", "20", "15", "<difficult>1</difficult>"));
        Annotate("a", Object("cat", "3", "4", "3", "9"));
        _folder.Write("ImageSets/Main/train.txt", "b\n\nb\n");
        _folder.WritePicture("JPEGImages/b.png", 40, 30);
        VocDataset data = VocDataset.Open(_folder.Path, "train");

        Assert.Equal([new Category(1, "ant"), new Category(2, "cat"), new Category(3, "zebra")], data.Categories);
        ImageAnnotations image = data.Annotations(0);
        Assert.Equal((1, 40, 30, "b.png"), (data.Count, image.Width, image.Height, image.FileName));
        Assert.Equal(new ObjectAnnotation(2, 0, 0, 40, 30) { Id = 1 }, image.Objects[0]);
        Assert.Equal(new ObjectAnnotation(0, 10, 5, 20, 15) { Id = 2, IsCrowd = true }, image.Objects[1]);
        Assert.Equal(40, data.Load(0).Width);
    }

    [Fact]
    public void A_box_that_ends_where_it_begins_has_no_area()
    {
        Annotate("a", Object("cat", "3", "4", "3", "9"));
        _folder.Write("ImageSets/Main/train.txt", "a 1\n");
        Assert.Equal(0, VocDataset.Open(_folder.Path, "train").Annotations(0).Objects[0].Area);
    }

    [Theory]
    [InlineData("<annotation><size><width>4</width>", "a.xml is not XML")]
    [InlineData("<annotation><size><width>4</width><height>four</height></size></annotation>", "a.jpg")]
    [InlineData("<annotation></annotation>", "a.jpg")]
    [InlineData("<annotation><size><width>4</width><height>4</height></size><object><name>x</name></object></annotation>", "object 1 of a.xml has no <name> or no <bndbox>")]
    [InlineData("<annotation><size><width>4</width><height>4</height></size><object><name>x</name><bndbox><xmin>a</xmin></bndbox></object></annotation>", "<xmin>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"b\">]><annotation>&b;</annotation>", "a.xml is not XML")]
    [InlineData("", "a.xml is not XML")]
    public void Damaged_annotations_are_named_and_the_others_read(string xml, string part)
    {
        _folder.Write("Annotations/a.xml", xml);
        Annotate("b", Object("cat", "3", "4", "5", "9"));
        _folder.Write("ImageSets/Main/train.txt", "a\nb\n");
        VocDataset data = VocDataset.Open(_folder.Path, "train");
        DatasetDefect defect = Assert.Single(data.Defects);
        Assert.Contains(part, defect.Description, StringComparison.Ordinal);
        Assert.False(defect.IsHarmless);
        Assert.Single(data.Annotations(data.Count - 1).Objects);
    }

    [Fact]
    public void A_size_that_the_annotation_lacks_is_the_pictures()
    {
        _folder.Write("Annotations/a.xml", "<annotation><size><width>0</width><height>0</height></size></annotation>");
        _folder.WritePicture("JPEGImages/a.png", 40, 30);
        _folder.Write("ImageSets/Main/train.txt", "a\n");
        ImageAnnotations image = VocDataset.Open(_folder.Path, "train").Annotations(0);
        Assert.Equal((40, 30, "a.png"), (image.Width, image.Height, image.FileName));
    }

    [Fact]
    public void A_listed_name_without_annotation_is_named()
    {
        Annotate("a");
        _folder.Write("ImageSets/Main/train.txt", "a\nghost\n");
        Assert.Contains("ghost.xml", Assert.Single(VocDataset.Open(_folder.Path, "train").Defects).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_for_each_split_shares_its_categories()
    {
        foreach ((string split, string name) in new[] { ("train", "cat"), ("valid", "ant") })
        {
            _folder.Write($"{split}/a.xml", $"<annotation><filename>a.png</filename><size><width>40</width><height>30</height></size>{Object(name, "1", "1", "9", "9")}</annotation>");
            _folder.WritePicture($"{split}/a.png", 40, 30);
        }

        IDetectionDataset data = DatasetLocator.Open(_folder.Path, "val");
        Assert.Equal(["ant", "cat"], data.Categories.Select(category => category.Name));
        Assert.Equal((1, 0, 40), (data.Count, data.Annotations(0).Objects[0].Category, data.Load(0).Width));
    }

    private static string Object(string name, string x0, string y0, string x1, string y1, string more = "")
        => $"<object><name>{name}</name>{more}<bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object>";

    private void Annotate(string name, params string[] objects) => _folder.Write(
        $"Annotations/{name}.xml",
        $"<annotation><filename>{name}.gif</filename><size><width>40</width><height>30</height><depth>3</depth></size>{string.Concat(objects)}</annotation>");
}
