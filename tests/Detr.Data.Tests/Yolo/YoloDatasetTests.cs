namespace Detr.Data.Tests.Yolo;

/// <summary>YOLO's folders: every layout, every form of a label, and what people get wrong.</summary>
public sealed class YoloDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train: images/train\nval: images/val\nnames: [cat, dog]\n", "images/train/a.png", "labels/train/a.txt")]
    [InlineData("path: ../nowhere/here\ntrain: images/train # comment\nnames:\n  0: cat\n  1: 'dog'\n", "images/train/a.png", "labels/train/a.txt")]
    [InlineData("path: deep\ntrain: images\nnames: {0: cat, 1: dog}\n", "deep/images/a.png", "deep/labels/a.txt")]
    [InlineData("train: ../train/images\nnc: 2\nnames: ['cat', 'dog']\nroboflow:\n  version: 3\n", "train/images/a.png", "train/labels/a.txt")]
    [InlineData("train: [images/one]\nnames: [cat, dog]\n", "images/one/more/a.png", "labels/one/more/a.txt")]
    [InlineData("train: list.txt\nnames: [cat, dog]\n", "images/a.png", "labels/a.txt")]
    [InlineData("train: pictures\nnames: [cat, dog]\n", "pictures/a.png", "pictures/a.txt")]
    [InlineData("names: [cat, dog]\n", "images/train/a.png", "labels/train/a.txt")]
    public void Layouts_with_a_yaml_are_found(string yaml, string picture, string labels)
    {
        _folder.Write("data.yaml", yaml);
        _folder.Write("list.txt", "./images/a.png\n\n");
        _folder.WritePicture(picture, 40, 20);
        _folder.Write(labels, "1 0.5 0.5 0.2 0.4\n");
        foreach (string place in new[] { _folder.Path, Path.Combine(_folder.Path, "data.yaml") })
        {
            IDetectionDataset data = DatasetLocator.Open(place, "train");
            Assert.IsType<YoloDataset>(data);
            Assert.Empty(data.Defects);
            Assert.Equal([new Category(0, "cat"), new Category(1, "dog")], data.Categories);
            Assert.Equal((1, 40, 20, picture), (data.Count, data.Annotations(0).Width, data.Annotations(0).Height, data.Annotations(0).FileName));
            ObjectAnnotation item = Assert.Single(data.Annotations(0).Objects);
            Assert.Equal((1, 1L), (item.Category, item.Id));
            AssertBox(item, 16, 6, 24, 14);
            Assert.Equal(40, data.Load(0).Width);
        }
    }

    [Theory]
    [InlineData("images/train/a.png", "labels/train/a.txt", "classes.txt")]
    [InlineData("train/a.png", "train/a.txt", "train/classes.txt")]
    [InlineData("a.png", "a.txt", "obj.names")]
    [InlineData("train/images/a.png", "train/labels/a.txt", "train/labels/classes.txt")]
    [InlineData("images/a.png", "labels/a.txt", "classes.txt")]
    public void Layouts_with_a_list_of_classes_are_found(string picture, string labels, string classes)
    {
        _folder.Write(classes, "cat\n\n dog \n");
        _folder.WritePicture(picture, 40, 20);
        _folder.Write(labels, "0 0.5 0.5 0.2 0.4\n");
        IDetectionDataset data = DatasetLocator.Open(_folder.Path, "train");
        Assert.Empty(data.Defects);
        Assert.Equal(["cat", "dog"], data.Categories.Select(category => category.Name));
        Assert.Single(data.Annotations(0).Objects);
    }

    [Fact]
    public void A_polygon_becomes_the_box_around_it_with_the_polygons_area()
    {
        ObjectAnnotation item = Assert.Single(Open("0 0.25 0.5 0.5 0.25 0.75 0.5 0.5 0.75\n").Annotations(0).Objects);
        AssertBox(item, 10, 5, 30, 15);
        Assert.Equal(100f, item.Area, 1e-3f);
    }

    [Fact]
    public void Keypoints_after_a_box_are_passed_over()
    {
        YoloDataset data = Open("0 0.5 0.5 0.2 0.4 0.1 0.1 2 900 0.2 0\n0 0.5 0.5 0.2 0.4\n", "kpt_shape: [2, 3]\ntrain: images\nnames: [cat]\n");
        AssertBox(Assert.Single(data.Annotations(0).Objects), 16, 6, 24, 14);
        Assert.Contains("line 2", Assert.Single(data.Defects).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_ids_with_gaps_become_places_in_order()
    {
        YoloDataset data = Open("7 0.5 0.5 0.2 0.4\n2.0 0.5 0.5 0.2 0.4\n", "train: images\nnames:\n  7: dog\n  2: cat\n");
        Assert.Equal([new Category(2, "cat"), new Category(7, "dog")], data.Categories);
        Assert.Equal([1, 0], data.Annotations(0).Objects.Select(item => item.Category));
    }

    [Theory]
    [InlineData("2 0.5 0.5 0.2 0.4", DefectKind.UnknownCategory, "class 2, but the names go from 0 to 1; YOLO counts classes from 0")]
    [InlineData("-1 0.5 0.5 0.2 0.4", DefectKind.UnknownCategory, "class -1")]
    [InlineData("nan 0.5 0.5 0.2 0.4", DefectKind.UnknownCategory, "class nan")]
    [InlineData("0 0.5 0.5 0.2", DefectKind.UnreadableAnnotation, "has 4 values")]
    [InlineData("0 0.5 0.5 0.2 0.4 0.93", DefectKind.UnreadableAnnotation, "confidence")]
    [InlineData("0 0.5 0.5 0.2 0.4 0.1 0.1 0.1", DefectKind.UnreadableAnnotation, "has 8 values")]
    [InlineData("0 0,5 0.5 0.2 0.4", DefectKind.UnreadableAnnotation, "'0,5'")]
    [InlineData("cat 0.5 0.5 0.2 0.4", DefectKind.UnreadableAnnotation, "'cat'")]
    [InlineData("0 320 240 50 80", DefectKind.UnreadableAnnotation, "are these pixels?")]
    public void A_bad_line_is_named_and_the_others_are_read(string line, DefectKind kind, string part)
    {
        YoloDataset data = Open($"1 0.5 0.5 0.2 0.4\n\n{line}\n", "train: images\nnames: [cat, dog]\n");
        DatasetDefect defect = Assert.Single(data.Defects);
        Assert.Equal((kind, "labels/a.txt", false), (defect.Kind, defect.FileName, defect.IsHarmless));
        Assert.Contains("line 3 of labels/a.txt", defect.Description, StringComparison.Ordinal);
        Assert.Contains(part, defect.Description, StringComparison.Ordinal);
        Assert.Single(data.Annotations(0).Objects);
    }

    [Theory]
    [InlineData("0 0.95 0.5 0.3 0.4", DefectKind.BeyondEdge)]
    [InlineData("0 1.5 0.5 0.3 0.4", DefectKind.OutsideImage)]
    [InlineData("0 0.5 0.5 0 0.4", DefectKind.NoArea)]
    [InlineData("0 0.5 0.5 nan 0.4", DefectKind.NotFinite)]
    public void Boxes_that_no_model_can_learn_are_found_by_the_check(string line, DefectKind kind)
        => Assert.Equal(kind, Assert.Single(DatasetCheck.Run(Open(line)), defect => defect.Kind != DefectKind.UnusedCategory).Kind);

    [Fact]
    public void A_picture_without_labels_is_background_and_labels_without_a_picture_are_named()
    {
        _folder.WritePicture("images/b.png", 1, 1);
        _folder.Write("images/c.webp", "no codec");
        _folder.Write("labels/ghost.txt", "0 0.5 0.5 0.2 0.4\n");
        _folder.Write("labels/empty.txt", "");
        _folder.WritePicture("images/empty.png", 7, 300);
        YoloDataset data = Open("0 0.5 0.5 0.2 0.4\n");
        Assert.Equal([1, 0, 0], Enumerable.Range(0, data.Count).Select(i => data.Annotations(i).Objects.Count));
        Assert.Equal([(DefectKind.UnreadableImage, "images/c.webp"), (DefectKind.LabelWithoutImage, "labels/ghost.txt")], data.Defects.Select(defect => (defect.Kind, defect.FileName)));
    }

    [Theory]
    [InlineData("train: images\n", "names its classes")]
    [InlineData("train: images\nnames: []\n", "names its classes")]
    [InlineData("train: elsewhere\nnames: [cat]\n", "elsewhere")]
    [InlineData("train: images\nnc: 3\nnames: [cat]\n", "nc: 3")]
    [InlineData("train: images\nnc: 2000000000\n", "2000000000")]
    [InlineData("train: images\nnc: many\n", "many")]
    [InlineData("train: images\nnames: {x: cat}\n", "'x'")]
    [InlineData("train: images\nnames: {0: cat, 0: dog}\n", "two names")]
    [InlineData("train: images\nnames: [a, &b [c]]\n", "line 2")]
    [InlineData("train: *nothing\nnames: [cat]\n", "line 1")]
    [InlineData("train: images\nnames: [cat\n", "line ")]
    public void A_yaml_that_says_something_impossible_is_refused(string yaml, string part)
        => Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Open("0 0.5 0.5 0.2 0.4\n", yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_hostile_yaml_costs_nothing()
    {
        // A billion laughs: aliases are not followed where nothing is read, and refused where something is.
        string laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
            + string.Concat(Enumerable.Range(1, 20).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n"));
        Assert.Single(Open("0 0.5 0.5 0.2 0.4\n", laughs + "train: images\nnames: [cat]\n").Annotations(0).Objects);
        Assert.Throws<InvalidDataException>(() => Open("0 0.5 0.5 0.2 0.4\n", laughs + "train: images\nnames: *u\n"));
        Assert.Contains("nested", Assert.Throws<InvalidDataException>(() => Open("", $"a: {new string('[', 100_000)}")).Message, StringComparison.Ordinal);
        Assert.Contains("larger", Assert.Throws<InvalidDataException>(() => Open("", new string('#', 2_000_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Photographs_of_which_none_has_labels_ask_where_these_are()
    {
        _folder.Write("data.yaml", "train: images\nnames: [cat]\n");
        _folder.WritePicture("images/a.png", 40, 20);
        DatasetDefect defect = Assert.Single(DatasetLocator.Open(_folder.Path, "train").Defects);
        Assert.False(defect.IsHarmless);
        Assert.Contains(Path.Combine("labels", "a.txt"), defect.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_yolo_beside_cocos_annotations_asks_for_a_choice()
    {
        Open("0 0.5 0.5 0.2 0.4\n");
        _folder.Write("instances_train.json", """{"images":[],"categories":[],"annotations":[]}""");
        Assert.Contains("--format coco or --format yolo", Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "train")).Message, StringComparison.Ordinal);
        Assert.IsType<YoloDataset>(DatasetLocator.Open(_folder.Path, "train", DatasetFormat.Yolo));
    }

    private static void AssertBox(ObjectAnnotation item, float x0, float y0, float x1, float y1)
        => Assert.All(new[] { (x0, item.X0), (y0, item.Y0), (x1, item.X1), (y1, item.Y1) }, edge => Assert.Equal(edge.Item1, edge.Item2, 1e-4f));

    private YoloDataset Open(string labels, string yaml = "train: images\nnames: [cat, dog]\n")
    {
        _folder.Write("data.yaml", yaml);
        _folder.WritePicture("images/a.png", 40, 20);
        _folder.Write("labels/a.txt", labels);
        return YoloDataset.Open(_folder.Path, "train");
    }
}
