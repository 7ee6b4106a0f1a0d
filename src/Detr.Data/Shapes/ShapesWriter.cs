using System.Text.Json;
using Detr.Tensors.Checkpoints;

namespace Detr.Data;

/// <summary>Saves generated scenes as a data set in COCO's format.</summary>
public static class ShapesWriter
{
    /// <summary>
    /// Writes the pictures as PNG to FOLDER/SPLIT, and the boxes and masks of what is on them to FOLDER/annotations/instances_SPLIT.json.
    /// Of scenes with stuff, all segments go to FOLDER/annotations/panoptic_SPLIT.json and PNGs in panoptic_SPLIT beside it.
    /// </summary>
    /// <param name="folder">Where; made if it does not exist.</param>
    /// <param name="split">The split's name.</param>
    /// <param name="dataset">The scenes.</param>
    /// <param name="progress">Hears how many are done.</param>
    /// <param name="cancellationToken">Stops between two pictures.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, string split, ShapesDataset dataset, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        string images = Path.Combine(folder, split), annotations = Path.Combine(folder, "annotations"), panoptic = Path.Combine(annotations, $"panoptic_{split}");
        PanopticWriter? segments = dataset.HasStuff ? new PanopticWriter($"{panoptic}.json", panoptic, dataset.PanopticCategories) : null;
        Directory.CreateDirectory(images);
        Directory.CreateDirectory(annotations);
        for (int i = 0; i < dataset.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageAnnotations image = dataset.Annotations(i);
            PngFile.Write(dataset.Load(i), Path.Combine(images, image.FileName));
            segments?.Add(image.Id, image.FileName, dataset.Segmentation(i));
            progress?.Invoke(i + 1);
        }

        segments?.Save();
        AtomicFile.Write(Path.Combine(annotations, $"instances_{split}.json"), stream => WriteAnnotations(stream, dataset));
    }

    private static void WriteAnnotations(Stream stream, ShapesDataset dataset)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteStartArray("categories");
        foreach (PanopticCategory category in dataset.PanopticCategories.Where(category => category.IsThing))
        {
            json.WriteStartObject();
            json.WriteNumber("id", category.Id);
            json.WriteString("name", category.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("images");
        for (int i = 0; i < dataset.Count; i++)
        {
            ImageAnnotations image = dataset.Annotations(i);
            json.WriteImage(image.Id, image.FileName, image.Width, image.Height);
        }

        json.WriteEndArray();
        json.WriteStartArray("annotations");
        for (int i = 0; i < dataset.Count; i++)
        {
            ImageAnnotations image = dataset.Annotations(i);
            foreach ((ObjectAnnotation annotation, RunLengthMask mask) in image.Objects.Zip(dataset.Masks(i)))
            {
                PanopticCategory category = dataset.PanopticCategories[annotation.Category];
                if (category.IsThing)
                {
                    WriteObject(json, image.Id, annotation, category.Id, mask);
                }
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, long imageId, ObjectAnnotation annotation, int categoryId, RunLengthMask mask)
    {
        json.WriteStartObject();
        json.WriteNumber("id", annotation.Id);
        json.WriteNumber("image_id", imageId);
        json.WriteNumber("category_id", categoryId);
        json.WriteBox(annotation);
        json.WriteNumber("area", annotation.Area);
        json.WriteNumber("iscrowd", annotation.IsCrowd ? 1 : 0);
        json.WriteMask(mask);
        json.WriteEndObject();
    }
}
