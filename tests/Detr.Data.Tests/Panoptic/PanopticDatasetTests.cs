using System.Text.Json.Nodes;

namespace Detr.Data.Tests.Panoptic;

/// <summary>Panoptic data as training data: what is read is what was written, and what does not fit is named.</summary>
public sealed class PanopticDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ShapesDataset _scenes = new(3, 5, new ShapesOptions { Size = 64, HasStuff = true });

    private string Json => Path.Combine(_folder.Path, "annotations", "panoptic_train.json");

    private string Maps => Path.Combine(_folder.Path, "annotations", "panoptic_train");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Written_scenes_are_read_again()
    {
        ShapesWriter.Write(_folder.Path, "train", _scenes);
        PanopticDataset read = Assert.IsType<PanopticDataset>(DatasetLocator.Open(_folder.Path, "train", DatasetFormat.Panoptic));
        Assert.DoesNotContain(DatasetCheck.Run(read, new DatasetCheckOptions { Decode = true }), defect => defect.Kind != DefectKind.UnusedCategory);
        Assert.Equal(_scenes.Count, read.Count);
        Assert.Equal(_scenes.Categories, read.Categories);
        Assert.Equal(_scenes.PanopticCategories, read.PanopticCategories);
        for (int i = 0; i < read.Count; i++)
        {
            Assert.Equal(_scenes.Load(i).Pixels, read.Load(i).Pixels);
            Assert.Equal(_scenes.Segmentation(i).Map.Ids, read.Segmentation(i).Map.Ids);
            Assert.Equal(_scenes.Segmentation(i).Segments, read.Segmentation(i).Segments);
            Assert.Equal(_scenes.Annotations(i).Objects.Select(item => item with { Id = 0 }), read.Annotations(i).Objects.Select(item => item with { Id = 0 }));
        }

        Assert.Equal(1, PanopticScoring.Score(Json, Maps, Json, Maps).Summary.All.PQ!.Value, 1e-12);
    }

    [Fact]
    public void Boxes_side_by_side_with_segments_come_first()
    {
        ShapesWriter.Write(_folder.Path, "train", _scenes);
        IDetectionDataset boxes = DatasetLocator.Open(_folder.Path, "train");
        Assert.IsType<CocoDataset>(boxes);
        Assert.Equal(12, boxes.Categories.Count);
        Assert.Equal(_scenes.Annotations(0).Objects.Count(item => item.Category < 12), boxes.Annotations(0).Objects.Count);
        File.Delete(Path.Combine(_folder.Path, "annotations", "instances_train.json"));
        Assert.IsType<PanopticDataset>(DatasetLocator.Open(_folder.Path, "train"));
        Assert.Equal(["train"], DatasetLocator.Splits(_folder.Path));
        Assert.Contains("panoptic_val.json", Assert.Throws<InvalidDataException>(() => DatasetLocator.Open(_folder.Path, "val", DatasetFormat.Panoptic)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Boxes_are_measured_where_the_json_has_none()
    {
        ShapesWriter.Write(_folder.Path, "train", _scenes);
        Edit(json => Segments(json, 1).ToList().ForEach(segment => segment!.AsObject().Remove("bbox")));
        PanopticDataset read = Open();
        Assert.Empty(read.Defects);
        Assert.Equal(_scenes.Annotations(1).Objects.Select(item => item with { Id = 0 }), read.Annotations(1).Objects.Select(item => item with { Id = 0 }));
    }

    [Fact]
    public void Crowds_are_objects_that_nobody_trains_on()
    {
        ShapesWriter.Write(_folder.Path, "train", _scenes);
        Edit(json => Segments(json, 0)[0]!["iscrowd"] = 1);
        ImageAnnotations image = Open().Annotations(0);
        Assert.True(image.Objects[0].IsCrowd);
        Assert.Equal(image.Objects.Count - 1, TargetBuilder.Build(image).Count);
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_named()
    {
        ShapesWriter.Write(_folder.Path, "train", _scenes);
        Edit(json =>
        {
            JsonArray annotations = json["annotations"]!.AsArray();
            Segments(json, 0)[0]!["category_id"] = 99;
            annotations.Add(JsonNode.Parse("""{"image_id": 99, "file_name": "x.png", "segments_info": []}"""));
            annotations.Add(annotations[1]!.DeepClone());
            annotations[2]!["file_name"] = "../x.png";
        });
        PanopticDataset read = Open();
        Assert.Equal(2, read.Count);
        Assert.Equal([DefectKind.UnreadableAnnotation, DefectKind.UnknownImage, DefectKind.RepeatedId, DefectKind.UnknownCategory], read.Defects.Select(defect => defect.Kind));
        Assert.All(read.Defects, defect => Assert.False(defect.IsHarmless));
    }

    [Fact]
    public void Pictures_of_segments_that_are_wrong_are_found_before_training()
    {
        ShapesWriter.Write(_folder.Path, "train", _scenes);
        Edit(json => Segments(json, 2)[0]!["bbox"] = JsonNode.Parse("[0, 0, 3, 3]"));
        PanopticPng.Write(new PanopticMap(64, 32), Path.Combine(Maps, "000001.png"));
        File.Delete(Path.Combine(Maps, "000002.png"));
        PanopticDataset read = Open();
        string[] Defects(bool decode) => [.. DatasetCheck.Run(read, new DatasetCheckOptions { Decode = decode }).Where(defect => !defect.IsHarmless).Select(defect => defect.Description)];
        Assert.Collection(
            Defects(decode: false),
            size => Assert.Contains("64 × 32", size, StringComparison.Ordinal),
            missing => Assert.Contains("There is no", missing, StringComparison.Ordinal));
        Assert.Contains("but its bbox is [0, 0, 3, 3]", Defects(decode: true)[2], StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => read.Segmentation(1));
        Assert.Throws<InvalidDataException>(() => read.Segmentation(2));
    }

    private static JsonArray Segments(JsonNode json, int annotation) => json["annotations"]![annotation]!["segments_info"]!.AsArray();

    private PanopticDataset Open() => PanopticDataset.Open(Json, Maps, Path.Combine(_folder.Path, "train"));

    private void Edit(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllBytes(Json))!;
        change(json);
        File.WriteAllText(Json, json.ToJsonString());
    }
}
