using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>COCO's evaluator on files alone: annotations in COCO's format, and detections in its results format, by whomever.</summary>
public static class CocoScoring
{
    /// <summary>Scores a file of detections.</summary>
    /// <param name="truthFile">Annotations: images, annotations and categories.</param>
    /// <param name="detectionsFile">A list of image_id, category_id, score, and bbox or segmentation.</param>
    /// <param name="kind">Whether boxes or masks are scored.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not of its format, or a detection is of an image that the annotations lack.</exception>
    public static CocoScore Score(string truthFile, string detectionsFile, EvaluationKind kind)
    {
        CocoScoringFile truth = CocoJson.Read(
            truthFile, CocoScoringFile.ScoringJson.Default.CocoScoringFile, "COCO's annotation format, which has images, annotations and categories",
            file => [file.Images, file.Annotations, file.Categories]);
        List<CocoScoringFile.Detection> found = CocoJson.Read(
            detectionsFile, CocoScoringFile.ScoringJson.Default.ListDetection, "COCO's results format, a list of detections with image_id, category_id, score, and bbox or segmentation", list => [list]);
        Dictionary<long, (int Height, int Width)> sizes = [];
        Dictionary<long, string?> fileNames = [];
        foreach (CocoImage image in truth.Images)
        {
            long id = image.Id.ToImageNumber();
            sizes[id] = ((int)image.Height, (int)image.Width);
            fileNames.TryAdd(id, image.FileName);
        }

        Category[] categories = [.. truth.Categories.Select(item => new Category(item.Id.ToCategoryNumber(), item.Name ?? string.Empty)).DistinctBy(item => item.Id).OrderBy(item => item.Id)];
        HashSet<int> known = [.. categories.Select(category => category.Id)];
        IEnumerable<TrueObject> objects = truth.Annotations.Select((item, index) => Named(truthFile, "annotation", index, () => Object(item, Size(item.ImageId), kind))).ToArray();
        IEnumerable<DetectionResult> detections = found.Select((item, index) => Named(detectionsFile, "detection", index, () => Detection(item, Size(item.ImageId), kind))).ToArray();
        return new CocoScore(CocoEvaluator.Evaluate(objects, detections, sizes.Keys, known, kind), categories, fileNames);

        (int Height, int Width) Size(long image) => sizes.TryGetValue(image, out (int, int) size)
            ? size
            : throw new InvalidDataException($"is of image {image}, which {Path.GetFileName(truthFile)} does not list; are the two files of one data set?");
    }

    private static TrueObject Object(CocoScoringFile.Annotation item, (int Height, int Width) size, EvaluationKind kind)
    {
        RunLengthMask? mask = kind == EvaluationKind.Mask ? CocoSegmentation.Read(item.Segmentation, size.Height, size.Width) : null;
        ResultBox box = Box(item.Box) ?? mask?.Bounds() ?? throw new InvalidDataException("has no bbox of four numbers");
        return new TrueObject(item.ImageId, item.CategoryId, box, item.Area ?? mask?.Area ?? box.Area, item.IsCrowd != 0) { Mask = mask };
    }

    private static DetectionResult Detection(CocoScoringFile.Detection item, (int Height, int Width) size, EvaluationKind kind)
    {
        RunLengthMask? mask = kind == EvaluationKind.Mask ? CocoSegmentation.Read(item.Segmentation, size.Height, size.Width) : null;
        ResultBox box = mask?.Bounds() ?? Box(item.Box) ?? throw new InvalidDataException("has no bbox of four numbers");
        return new DetectionResult(item.ImageId, item.CategoryId, box, item.Score) { Mask = mask };
    }

    private static ResultBox? Box(double[]? numbers) => numbers is [double x, double y, double width, double height] ? new ResultBox(x, y, width, height) : null;

    private static T Named<T>(string file, string what, int index, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{file}: {what} {index + 1} {error.Message}", error);
        }
    }
}
