using Xunit;

namespace Detr.Data.Tests.Coco;

public sealed class CocoDatasetTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    private CocoDataset Open(string json)
    {
        File.WriteAllText(file, json);
        return CocoDataset.Open(file, Path.GetTempPath());
    }

    private static string Json(string annotations) => $$"""
        {"images":[{"id":7,"file_name":"b.png","width":20,"height":10},{"id":"3","file_name":"a.png","width":8,"height":9}],
        "categories":[{"id":90,"name":"brush"},{"id":"1","name":"person"}],"annotations":[{{annotations}}]}
        """;

    [Fact]
    public void IdsWithGapsAndIdsAsTextBecomePlacesInOrder()
    {
        CocoDataset data = Open(Json("""{"id":5,"image_id":7,"category_id":90,"bbox":[1,2,3,4],"area":6,"iscrowd":1}"""));
        Assert.Equal([new Category(1, "person"), new Category(90, "brush")], data.Categories);
        Assert.Empty(data.Annotations(0).Objects);
        Assert.Equal(new ObjectAnnotation(1, 1, 2, 4, 6) { Id = 5, Area = 6, IsCrowd = true }, Assert.Single(data.Annotations(1).Objects));
    }

    [Theory]
    [InlineData("""{"id":5,"image_id":7,"category_id":2,"bbox":[1,2,3,4]}""", DefectKind.UnknownCategory, "category 2, but the file lists 2, from 1 to 90")]
    [InlineData("""{"id":5,"image_id":8,"category_id":1,"bbox":[1,2,3,4]}""", DefectKind.UnknownImage, "image 8")]
    [InlineData("""{"id":5,"image_id":7,"category_id":1,"bbox":[1,2]}""", DefectKind.UnreadableAnnotation, "bbox of 2 numbers")]
    [InlineData("""{"id":5,"image_id":7,"category_id":1}""", DefectKind.UnreadableAnnotation, "bbox of 0 numbers")]
    public void Bad_annotations_are_named_by_id_and_left_out(string annotation, DefectKind kind, string part)
    {
        CocoDataset data = Open(Json(annotation + """,{"id":6,"image_id":3,"category_id":1,"bbox":[1,2,3,4]}"""));
        DatasetDefect defect = Assert.Single(data.Defects);
        Assert.Equal((kind, false), (defect.Kind, defect.IsHarmless));
        Assert.Contains("annotation 5", defect.Description, StringComparison.Ordinal);
        Assert.Contains(part, defect.Description, StringComparison.Ordinal);
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(i => data.Annotations(i).Objects.Count));
    }

    [Fact]
    public void Masks_are_read_where_they_are_wanted()
    {
        const string Square = """[[2,1,6,1,6,4,2,4]]""";
        File.WriteAllText(file, Json($$"""
            {"id":5,"image_id":7,"category_id":1,"bbox":[2,1,4,3],"segmentation":{{Square}}},
            {"id":6,"image_id":7,"category_id":1,"bbox":[1,2,3,4],"segmentation":"none"},
            {"id":7,"image_id":3,"category_id":1,"bbox":[0,0,8,9],"iscrowd":1,"segmentation":{"size":[9,8],"counts":[0,9,63]} },
            {"id":8,"image_id":3,"category_id":90,"bbox":[1,2,3,4],"segmentation":{"size":[9,9],"counts":[81]} }
            """));
        Assert.Null(CocoDataset.Open(file, Path.GetTempPath()).Masks(0));
        CocoDataset data = CocoDataset.Open(file, Path.GetTempPath(), masks: true);
        Assert.Contains("annotation 6", Assert.Single(data.Defects).Description, StringComparison.Ordinal);
        RunLengthMask mask = Assert.Single(data.Masks(1)!);
        Assert.Equal((10, 20, 12L), (mask.Height, mask.Width, mask.Area));
        Assert.Contains("annotation 8 has a mask of 9 × 9 pixels in a picture of 9 × 8", Assert.Throws<InvalidDataException>(() => data.Masks(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_ids_that_are_off_by_one_are_named()
    {
        // Categories counted from 1, annotations from 0: without a word the model would learn neighbours' names.
        CocoDataset data = Open(Json("""{"id":5,"image_id":7,"category_id":0,"bbox":[1,2,3,4]}"""));
        Assert.Contains("category 0, but the file lists 2, from 1 to 90", Assert.Single(data.Defects).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_that_are_text_or_fractions_are_understood()
    {
        CocoDataset data = Open("""
            {"images":[{"id":"b-7","file_name":"b.png","width":20.0,"height":10},{"id":"a-3","file_name":"a.png","width":8,"height":9}],
            "categories":[{"id":"dog","name":"Dog"},{"id":"cat","name":"Cat"}],
            "annotations":[{"id":"x","image_id":"a-3","category_id":"cat","bbox":[1,2,3,4]},{"id":"y","image_id":"b-7","category_id":"dog","bbox":[1,2,3,4]}]}
            """);
        Assert.Empty(data.Defects);
        Assert.Equal([new Category(1, "Dog"), new Category(2, "Cat")], data.Categories);
        Assert.Equal([(1, "b.png", 0), (2, "a.png", 1)], Enumerable.Range(0, 2).Select(i => (data.Annotations(i).Id, data.Annotations(i).FileName, data.Annotations(i).Objects[0].Category)));
        Assert.Equal((20, 10), (data.Annotations(0).Width, data.Annotations(0).Height));

        CocoDataset fractions = Open(Json("""{"id":1.0,"image_id":7.0,"category_id":90.0,"bbox":[1,2,3,4]}"""));
        Assert.Equal(1, Assert.Single(fractions.Annotations(1).Objects).Category);
    }

    [Fact]
    public void Ids_that_come_twice_are_named()
    {
        CocoDataset data = Open("""
            {"images":[{"id":7,"file_name":"b.png","width":20,"height":10},{"id":7,"file_name":"a.png","width":8,"height":9},{"id":8,"file_name":"../a.png","width":8,"height":9},{"id":9,"file_name":"c.png","width":0,"height":9}],
            "categories":[{"id":1,"name":"dog"},{"id":1,"name":"cat"}],
            "annotations":[{"id":5,"image_id":7,"category_id":1,"bbox":[1,2,3,4]},{"id":5,"image_id":7,"category_id":1,"bbox":[2,2,3,4]}]}
            """);
        Assert.Equal([DefectKind.RepeatedId, DefectKind.RepeatedId, DefectKind.UnreadableAnnotation, DefectKind.UnreadableAnnotation, DefectKind.RepeatedAnnotationId], data.Defects.Select(defect => defect.Kind));
        Assert.Equal(("dog", "b.png", 2), (Assert.Single(data.Categories).Name, data.Annotations(0).FileName, data.Annotations(0).Objects.Count));
    }

    [Theory]
    [InlineData("""{"images":[null],"categories":[],"annotations":[]}""", "null in one of its lists")]
    [InlineData("""{"images":[],"categories":[null],"annotations":[]}""", "null in one of its lists")]
    [InlineData("""{"images":[],"categories":[],"annotations":null}""", "COCO's detection format")]
    public void Lists_have_no_holes(string json, string part)
        => Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Open(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Images_without_a_size_are_named()
    {
        CocoDataset data = Open("""{"images":[{"id":7,"file_name":"b.png"}],"categories":[],"annotations":[]}""");
        Assert.Contains("'b.png', 0 × 0", Assert.Single(data.Defects).Description, StringComparison.Ordinal);
        Assert.Equal(0, data.Count);
    }

    [Theory]
    [InlineData("""{"id":5,"image_id":7,"bbox":[1,2,3,4]}""", "COCO's detection format")]
    [InlineData("""{"id":5,"image_id":true,"category_id":1,"bbox":[1,2,3,4]}""", "$.annotations[0].image_id")]
    [InlineData("""{"id":5,"image_id":7,"category_id":1,"bbox":[NaN,2,3,4]}""", "$.annotations[0].bbox[0]")]
    [InlineData("""{"id":5,,}""", "line 2")]
    public void A_file_of_another_form_is_refused_where_it_departs(string annotation, string part)
        => Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Open(Json(annotation))).Message, StringComparison.Ordinal);
}
