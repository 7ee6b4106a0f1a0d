using System.Text.Json;
using Detr.Imaging;

namespace Detr.Data.Tests.Panoptic;

/// <summary>Segmentations on disk as COCO lays them out.</summary>
public sealed class PanopticWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Maps_and_json_are_in_cocos_form()
    {
        string file = Path.Combine(_folder.Path, "annotations", "panoptic_val.json"), maps = Path.Combine(_folder.Path, "annotations", "panoptic_val");
        PanopticWriter writer = new(file, maps, [new PanopticCategory(3, "cat", true) { Color = new Rgb(1, 2, 3) }, new PanopticCategory(90, "sky", false)]);
        PanopticMap map = PanopticSegmentationTests.MapOf([300, 300], [0, 70000]);
        writer.Add(17, "a/b.jpg", PanopticSegmentation.Create(map, [new PanopticSegment(300, 3) { Score = 0.5 }, new PanopticSegment(70000, 90) { IsCrowd = true }]));
        writer.Add(18, "c.jpg", PanopticSegmentation.Create(new PanopticMap(5, 4), []), "other.png");
        Assert.Throws<ArgumentException>(() => writer.Add(19, "a/b.bmp", PanopticSegmentation.Create(map, [new PanopticSegment(300, 3), new PanopticSegment(70000, 3)])));
        writer.Save();

        Assert.Equal(map.Ids, PanopticPng.Read(Path.Combine(maps, "a", "b.png")).Ids);
        Assert.Equal(5, PanopticPng.Read(Path.Combine(maps, "other.png")).Width);
        using JsonDocument expected = JsonDocument.Parse($$"""
            {
              "images": [{ "id": 17, "file_name": "a/b.jpg", "width": 2, "height": 2 }, { "id": 18, "file_name": "c.jpg", "width": 5, "height": 4 }],
              "annotations": [
                { "image_id": 17, "file_name": "a/b.png", "segments_info": [
                  { "id": 300, "category_id": 3, "iscrowd": 0, "area": 2, "bbox": [0, 0, 2, 1], "score": 0.5 },
                  { "id": 70000, "category_id": 90, "iscrowd": 1, "area": 1, "bbox": [1, 1, 1, 1] }] },
                { "image_id": 18, "file_name": "other.png", "segments_info": [] }],
              "categories": [
                { "id": 3, "name": "cat", "isthing": 1, "color": [1, 2, 3] },
                { "id": 90, "name": "sky", "isthing": 0, "color": [{{Palette.ForIndex(90).R}}, {{Palette.ForIndex(90).G}}, {{Palette.ForIndex(90).B}}] }]
            }
            """);
        using JsonDocument written = JsonDocument.Parse(File.ReadAllBytes(file));
        Assert.True(JsonElement.DeepEquals(expected.RootElement, written.RootElement), written.RootElement.ToString());
    }
}
