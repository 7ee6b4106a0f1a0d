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
    [InlineData("""{"id":5,"image_id":7,"category_id":2,"bbox":[1,2,3,4]}""", "category 2")]
    [InlineData("""{"id":5,"image_id":8,"category_id":1,"bbox":[1,2,3,4]}""", "image 8")]
    [InlineData("""{"id":5,"image_id":7,"category_id":1,"bbox":[1,2]}""", "bbox of 2 numbers")]
    [InlineData("""{"id":5,"image_id":7,"bbox":[1,2,3,4]}""", "COCO's detection format")]
    [InlineData("""{"id":5,,}""", "line 2")]
    public void DefectsAreNamed(string annotation, string part)
        => Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Open(Json(annotation))).Message, StringComparison.Ordinal);
}
