using Detr.Models;
using Detr.Onnx.Schema;
using Detr.Onnx.Tests.Interpreter;
using Detr.Tensors;

namespace Detr.Onnx.Tests;

/// <summary>Exported graphs, run by an interpreter that knows nothing of the engine, against the engine.</summary>
public sealed class ExportedModelTests : IDisposable
{
    // Rounding: most where a norm's group is a few numbers that hardly differ, as in the coarsest map of a small image.
    private const double Tolerance = 5e-5;
    private const double Matters = 1e-3;
    private readonly CpuBackend _backend = new(1);

    public static TheoryData<string> Names => SmallModels.Names;

    public void Dispose() => _backend.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_configuration_gives_the_engines_outputs(string name)
    {
        DetrModel model = SmallModels.Detr(name);
        GraphProto graph = Export.Read(path => OnnxExporter.Write(model, [], path)).Graph;
        AssertSame(model, graph, batch: 1, height: 64, width: 64);
        AssertSame(model, graph, batch: 2, height: 97, width: 131);
        AssertSame(model, graph, batch: 3, height: 50, width: 33);
    }

    [Fact]
    public void The_demo_model_gives_the_engines_outputs()
    {
        DemoModel model = SmallModels.Demo();
        GraphProto graph = Export.Read(path => OnnxExporter.Write(model, path)).Graph;
        AssertSame(model, graph, batch: 1, height: 64, width: 32);
        AssertSame(model, graph, batch: 2, height: 33, width: 50);
        AssertSame(model, graph, batch: 1, height: 7, width: 70);
    }

    /// <summary>Images of different sizes in one batch, the last one the largest.</summary>
    private void AssertSame(IDetectionModel model, GraphProto graph, int batch, int height, int width)
    {
        int[] imageShape = [batch, 3, height, width];
        float[] pixels = new float[Value.Product(imageShape)];
        bool[] padded = new bool[batch * height * width];
        RandomStream random = new(8);
        for (int i = 0; i < pixels.Length; i++)
        {
            int image = i / (3 * height * width), row = i / width % height, column = i % width, missing = batch - 1 - image;
            bool outside = row >= height - (missing * height / 6) || column >= width - (missing * width / 4);
            padded[(((image * height) + row) * width) + column] = outside;
            pixels[i] = outside ? 0f : (float)random.NextGaussian();
        }

        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();
        DetrOutput expected = model.Forward(context, context.Upload([batch, 3, height, width], pixels), new PaddingMask(batch, height, width, padded));
        Dictionary<string, Value> actual = OnnxInterpreter.Run(graph, new Dictionary<string, Value>(StringComparer.Ordinal)
        {
            ["image"] = Value.Floats(imageShape, pixels),
            ["mask"] = Value.Booleans([batch, height, width], padded),
        });
        AssertClose(expected.Logits, actual["pred_logits"]);
        AssertClose(expected.Boxes, actual["pred_boxes"]);
    }

    private static void AssertClose(Tensor expected, Value actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        float[] elements = expected.ToArray();
        double largest = elements.Max(Math.Abs), difference = elements.Zip(actual.Elements, (left, right) => Math.Abs(left - right)).Max();
        Assert.True(difference <= Tolerance * largest, $"the largest difference is {difference:g3}, the largest value {largest:g3}");

        // Close would mean nothing if the images did not matter.
        int first = elements.Length / expected.Shape[0];
        double matter = elements[..first].Zip(elements[^first..], (left, right) => Math.Abs(left - right)).Max();
        Assert.True(expected.Shape[0] == 1 || matter > Matters * largest, $"images change outputs by {matter:g3}, the largest value is {largest:g3}");
    }
}
