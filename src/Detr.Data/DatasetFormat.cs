namespace Detr.Data;

/// <summary>How a folder of labelled photographs is laid out.</summary>
public enum DatasetFormat
{
    /// <summary>Whatever the folder shows.</summary>
    Auto,

    /// <summary>COCO's JSON: <c>annotations/instances_SPLIT*.json</c>, or one JSON file beside the photographs.</summary>
    Coco,

    /// <summary>
    /// COCO's panoptic JSON: <c>annotations/panoptic_SPLIT*.json</c> and a folder of PNGs of that name beside it. Where a folder has boxes
    /// as well, these are what <see cref="Auto"/> finds.
    /// </summary>
    Panoptic,

    /// <summary>Pascal VOC's XML: <c>Annotations</c>, <c>ImageSets/Main/SPLIT.txt</c>, <c>JPEGImages</c>.</summary>
    Voc,

    /// <summary>YOLO's text files: <c>data.yaml</c>, <c>images/SPLIT</c>, <c>labels/SPLIT</c>.</summary>
    Yolo,
}
