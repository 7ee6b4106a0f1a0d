using Detr.Data;
using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Onnx.Parts;
using Detr.Onnx.Schema;
using Detr.Tensors.Checkpoints;
using Google.Protobuf;

namespace Detr.Onnx;

/// <summary>
/// Writes models as ONNX files (operator set 17). All have two inputs, <c>image</c> [batch, 3, height, width], float,
/// normalised, and <c>mask</c> [batch, height, width], bool, true where padded; and two outputs, <c>pred_logits</c>
/// [batch, queries, <see cref="DetrOptions.ClassLogits"/>] and <c>pred_boxes</c> [batch, queries, 4]. Batch, height and width are free at each run.
/// </summary>
public static class OnnxExporter
{
    private const int OperatorSet = 17;
    private const int FormatVersion = 8;

    /// <summary>Writes a DETR or one of its successors; the file appears whole or not at all. Its metadata say what a model's file says: shape and categories.</summary>
    /// <param name="model">The model.</param>
    /// <param name="categories">What its classes are called.</param>
    /// <param name="path">Where; a file of that name is replaced.</param>
    /// <exception cref="IOException">The file cannot be written, or the weights are more than the 2 GB that an ONNX file can hold.</exception>
    public static void Write(DetrModel model, IReadOnlyList<Category> categories, string path)
        => Write(DetrExport.Build(model), ModelFile.Describe(model, categories), path);

    /// <summary>Writes the paper's fifty-line model, which does not look at the mask; the file appears whole or not at all.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Where; a file of that name is replaced.</param>
    /// <exception cref="IOException">The file cannot be written, or the weights are more than the 2 GB that an ONNX file can hold.</exception>
    public static void Write(DemoModel model, string path)
        => Write(DemoExport.Build(model), new Dictionary<string, string>(StringComparer.Ordinal), path);

    private static void Write(OnnxGraph graph, IReadOnlyDictionary<string, string> metadata, string path)
    {
        ModelProto proto = new()
        {
            IrVersion = FormatVersion,
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
            ProducerName = "Detr.NET",
            ProducerVersion = typeof(OnnxExporter).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
            DocString = "DETR: object detection with transformers",
            Graph = graph.Proto,
        };
        foreach ((string key, string value) in metadata)
        {
            proto.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        AtomicFile.Write(path, proto.WriteTo);
    }
}
