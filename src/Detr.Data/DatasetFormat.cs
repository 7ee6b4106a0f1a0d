namespace Detr.Data;

/// <summary>How a folder of labelled photographs is laid out.</summary>
public enum DatasetFormat
{
    /// <summary>Whatever the folder shows.</summary>
    Auto,

    /// <summary>COCO's JSON: <c>annotations/instances_SPLIT*.json</c>, or one JSON file beside the photographs.</summary>
    Coco,

    /// <summary>Pascal VOC's XML: <c>Annotations</c>, <c>ImageSets/Main/SPLIT.txt</c>, <c>JPEGImages</c>.</summary>
    Voc,

    /// <summary>YOLO's text files: <c>data.yaml</c>, <c>images/SPLIT</c>, <c>labels/SPLIT</c>.</summary>
    Yolo,
}
