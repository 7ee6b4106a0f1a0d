using Detr.Data;
using Detr.Models;
using Detr.Onnx.Graph;
using Detr.Onnx.Schema;
using Detr.Tensors;
using static Detr.Onnx.Schema.AttributeProto.Types;
using static Detr.Onnx.Schema.TensorProto.Types;

namespace Detr.Onnx.Tests;

/// <summary>What a reader may rely on before it runs a file.</summary>
public sealed class ExportedGraphTests
{
    public static TheoryData<string> Names => SmallModels.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_stand_before_their_use_and_all_are_used(string name)
    {
        DetrModel model = SmallModels.Detr(name);
        AssertSound(Export.Read(path => OnnxExporter.Write(model, [], path)).Graph, model.Parameters, unused: null, model.Prefix, TrainingAlone(model.Options));
    }

    [Fact]
    public void The_demo_model_uses_all_but_the_mask()
    {
        DemoModel model = SmallModels.Demo();
        AssertSound(Export.Read(path => OnnxExporter.Write(model, path)).Graph, model.Parameters, unused: "mask");
    }

    [Fact]
    public void Inputs_and_outputs_have_the_promised_names_types_and_axes()
    {
        GraphProto graph = Export.Read(path => OnnxExporter.Write(SmallModels.Detr("small"), [], path)).Graph;
        Assert.Equal(["image Float [batch, 3, height, width]", "mask Bool [batch, height, width]"], graph.Input.Select(Describe));
        Assert.Equal(["pred_logits Float [batch, 5, 4]", "pred_boxes Float [batch, 5, 4]"], graph.Output.Select(Describe));
        Assert.All([.. graph.Input, .. graph.Output], value => Assert.NotEmpty(value.DocString));

        static string Describe(ValueInfoProto value)
        {
            IEnumerable<string> axes = value.Type.TensorType.Shape.Dim.Select(axis => axis.HasDimParam ? axis.DimParam : $"{axis.DimValue}");
            return $"{value.Name} {(DataType)value.Type.TensorType.ElemType} [{string.Join(", ", axes)}]";
        }
    }

    [Fact]
    public void A_file_says_which_model_it_holds()
    {
        DetrModel model = SmallModels.Detr("small");
        Category[] categories = [new(1, "red \"square\""), new(7, "круг")];
        ModelProto proto = Export.Read(path => OnnxExporter.Write(model, categories, path));
        Assert.Equal(8, proto.IrVersion);
        Assert.Equal(17, Assert.Single(proto.OpsetImport).Version);
        Assert.Equal("Detr.NET", proto.ProducerName);
        Assert.Equal(ModelFile.Describe(model, categories), proto.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value));
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
    {
        DetrModel model = SmallModels.Detr("small");
        Assert.Equal(Export.Read(path => OnnxExporter.Write(model, [], path)), Export.Read(path => OnnxExporter.Write(model, [], path)));
    }

    [Fact]
    public void More_weights_than_a_file_holds_are_refused_in_one_sentence()
    {
        OnnxGraph graph = new("large", mostBytes: 2_000_000);
        graph.Weights("fits", [400_000], new float[400_000]);
        IOException error = Assert.Throws<IOException>(() => graph.Weights("does not", [200_000], new float[200_000]));
        Assert.Contains("more than 2 MB", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_the_files_fault()
        => Assert.ThrowsAny<IOException>(() => OnnxExporter.Write(SmallModels.Detr("small"), [], Path.Combine("nowhere", "at all", "model.onnx")));

    [Theory]
    [InlineData("dab, patterns, three layers", "15", "3")]
    [InlineData("dino", "queries", "3")]
    public void Outputs_of_successors_say_how_many_queries_there_are(string name, string queries, string classes)
    {
        GraphProto graph = Export.Read(path => OnnxExporter.Write(SmallModels.Detr(name), [], path)).Graph;
        Assert.Equal(["batch", queries, classes], graph.Output[0].Type.TensorType.Shape.Dim.Select(axis => axis.HasDimParam ? axis.DimParam : $"{axis.DimValue}"));
        Assert.Contains("sigmoid", graph.Output[0].DocString, StringComparison.Ordinal);
    }

    private static void AssertSound(GraphProto graph, ParameterSet parameters, string? unused, string prefix = "", string[]? trainingAlone = null)
    {
        HashSet<string> known = new(StringComparer.Ordinal), read = [.. graph.Output.Select(output => output.Name)];
        Assert.All(graph.Input, input => Assert.True(known.Add(input.Name), $"{input.Name} is there twice"));
        Assert.All(graph.Initializer, tensor => Assert.True(known.Add(tensor.Name), $"{tensor.Name} is there twice"));
        foreach (NodeProto node in graph.Node)
        {
            Assert.All(node.Input, input => Assert.True(known.Contains(input), $"{node.Name} reads {input} too early"));
            Assert.All(node.Output, output => Assert.True(known.Add(output), $"{output} is there twice"));
            read.UnionWith(node.Input);

            // Who wants to know where the largest are has to take the largest, too.
            read.UnionWith(node.Output.SkipLast(1));
            Assert.All(node.Attribute, attribute => Assert.Equal(
                (attribute.Type == AttributeType.Int, attribute.Type == AttributeType.Float, attribute.Type == AttributeType.Ints),
                (attribute.HasI, attribute.HasF, attribute.Ints.Count > 0)));
        }

        Assert.Equal(graph.Node.Count, graph.Node.Select(node => node.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(unused is null ? [] : [unused], known.Except(read, StringComparer.Ordinal));

        // Of a model with a mask head, whose names have no prefix, the detector alone is exported.
        IEnumerable<string> folded = parameters.Where(parameter => parameter.Name.Contains("backbone.", StringComparison.Ordinal) && parameter.Shape.Rank == 1).Select(parameter => parameter.Name);
        Assert.All(parameters.Select(parameter => parameter.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Except(folded, StringComparer.Ordinal).Where(name => !Array.Exists(trainingAlone ?? [], start => name.StartsWith(start, StringComparison.Ordinal))), name
            => Assert.Contains(graph.Initializer, tensor => tensor.Name == name || tensor.Name.StartsWith($"{name}.", StringComparison.Ordinal)));
    }

    /// <summary>What the names of weights begin with that no prediction is made of: classes of noised objects, and those that earlier layers see.</summary>
    private static string[] TrainingAlone(DetrOptions options) => (options.Variant, options.Deformable) switch
    {
        (DetrVariant.Dino, _) => ["label_enc."],
        (DetrVariant.DeformableDetr, { TwoStage: true }) => ["transformer.decoder.class_embed.0."],
        (DetrVariant.DeformableDetr, { BoxRefinement: true }) => ["class_embed.0."],
        _ => [],
    };
}
