using Detr.Data;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Tests.Checkpoints;

/// <summary>Weights from elsewhere, under every naming: the model that is loaded computes what the one computes that they are of.</summary>
public sealed class ForeignCheckpointTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-foreign").FullName;

    public static TheoryData<string, bool> Namings
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (string naming in new[] { "reference", "detr.", "module.", "module.detr.", "timm", "native", "panoptic timm" })
            {
                data.Add(naming, false);
                data.Add(naming, true);
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Namings))]
    public void Every_naming_gives_the_same_model(string naming, bool preNorm)
    {
        DetrOptions options = preNorm ? TinyDetr.PreNorm : TinyDetr.PostNorm;
        DetrModel original = TinyDetr.Create(options with { Masks = naming.Contains("detr.", StringComparison.Ordinal) || naming == "panoptic timm" });
        Dictionary<string, Tensor> tensors = naming.EndsWith("timm", StringComparison.Ordinal) || naming == "native"
            ? SpellAsHuggingFace(original, options, timm: naming != "native")
            : TinyDetr.Tensors(original);
        string prefix = naming.StartsWith("module.", StringComparison.Ordinal) ? "module." : string.Empty;
        tensors = tensors.ToDictionary(pair => prefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        string body = tensors.Keys.First(name => name.EndsWith("running_var", StringComparison.Ordinal)).Replace("running_var", "num_batches_tracked", StringComparison.Ordinal);
        tensors.Add(body, Tensor.FromArray([1], [0]));
        SafetensorsWriter.Write(FilePath("model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        (DetrModel loaded, IReadOnlyList<Category> categories) = ModelFile.Load(FilePath("model.safetensors"));
        Assert.Equivalent(original.Options, loaded.Options, strict: true);
        Assert.Equal(TinyDetr.Outputs(original), TinyDetr.Outputs(loaded));
        Assert.Equal(preNorm ? new Category(2, "class 2") : new Category(2, "bicycle"), categories[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_checkpoint_tells_what_its_tensors_do_not(bool legacy)
    {
        DetrOptions options = TinyDetr.PostNorm with
        {
            Backbone = TinyDetr.PostNorm.Backbone with { Dilation = true },
            Transformer = TinyDetr.PostNorm.Transformer with { Heads = 8 },
        };
        DetrModel original = TinyDetr.Create(options);
        TinyDetr.WritePth(FilePath("checkpoint.pth"), original, legacy, arguments => arguments.Text("nheads").Integer(8).Text("dilation").Raw(0x88).Text("lr").Integer(1));
        DetrModel loaded = ModelFile.Load(FilePath("checkpoint.pth")).Model;
        Assert.Equivalent(options, loaded.Options, strict: true);
        Assert.Equal(TinyDetr.Outputs(original), TinyDetr.Outputs(loaded));
    }

    [Fact]
    public void What_nothing_tells_can_be_said()
    {
        TinyDetr.WritePth(FilePath("weights.pth"), TinyDetr.Create(TinyDetr.PostNorm), legacy: true, null);
        DetrOptions usual = ModelFile.Load(FilePath("weights.pth")).Model.Options;
        Assert.Equal((2, false), (usual.Transformer.Heads, usual.Backbone.Dilation));
        DetrOptions told = ModelFile.Load(FilePath("weights.pth"), new ArchitectureHints { Heads = 4, Dilation = true }).Model.Options;
        Assert.Equal((4, true), (told.Transformer.Heads, told.Backbone.Dilation));
        Assert.Contains("7 heads", Refused("weights.pth", new ArchitectureHints { Heads = 7 }), StringComparison.Ordinal);

        // Published weights with a dilated stage are known by their name.
        File.Move(FilePath("weights.pth"), FilePath("detr-r50-dc5-f0fb7ef5.pth"));
        Assert.True(ModelFile.Load(FilePath("detr-r50-dc5-f0fb7ef5.pth")).Model.Options.Backbone.Dilation);
    }

    [Fact]
    public void A_detector_of_foreign_weights_finds_what_the_saved_model_finds()
    {
        TinyDetr.WritePth(FilePath("weights.pth"), TinyDetr.Create(TinyDetr.PostNorm), legacy: false, null);
        (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(FilePath("weights.pth"));
        ModelFile.Save(FilePath("own.safetensors"), model, categories);
        RgbImage image = SmallModel.Scenes(1).Load(0);
        DetectorOptions size = new() { Size = 64, MaximumSize = 100, Threads = 1 };
        using Detector foreign = Detector.Load(FilePath("weights.pth"), size), own = Detector.Load(FilePath("own.safetensors"), size);
        IReadOnlyList<Detection> found = foreign.Detect(image, 0);
        Assert.Equal(7, found.Count);
        Assert.Equal(found, own.Detect(image, 0));
        Assert.All(found, detection => Assert.Equal(CocoLabels.Detection[detection.LabelId].Name, detection.Label));
    }

    [Fact]
    public void A_configuration_beside_the_weights_tells_heads_dilation_and_names()
    {
        SafetensorsWriter.Write(FilePath("model.safetensors"), HuggingFaceSpelling.Spell(TinyDetr.Create(TinyDetr.PreNorm).Parameters, timm: true), NoMetadata);
        (DetrModel model, IReadOnlyList<Category> categories) = Load("""{"encoder_attention_heads":8,"dilation":true,"id2label":{"2":"cell","0":"table","1":"row"},"model_type":"detr"}""");
        Assert.Equal((8, true), (model.Options.Transformer.Heads, model.Options.Backbone.Dilation));
        Assert.Equal([new Category(0, "table"), new Category(1, "row"), new Category(2, "cell")], categories);

        // What does not fit, or is not what it should be, is passed over; what is not JSON is named; what the caller says goes first.
        Assert.Equal("class 0", Load("""{"encoder_attention_heads":"8","dilation":1,"id2label":{"0":"table","1":"row"}}""").Categories[0].Name);
        Assert.Equal("class 0", Load("""{"id2label":{"0":"table","1":"row","3":"cell"}}""").Categories[0].Name);
        Assert.Equal("class 0", Load("""{"id2label":["table","row","cell"]}""").Categories[0].Name);
        Assert.Equal(1, Load("[1]").Model.Options.Transformer.Heads);
        Assert.Equal(2, ModelFile.Load(FilePath("model.safetensors"), new ArchitectureHints { Heads = 2 }).Model.Options.Transformer.Heads);
        Assert.Contains("config.json", Assert.Throws<InvalidDataException>(() => Load("{")).Message, StringComparison.Ordinal);

        // It says nothing of weights with other names.
        SafetensorsWriter.Write(FilePath("model.safetensors"), TinyDetr.Tensors(TinyDetr.Create(TinyDetr.PreNorm)), NoMetadata);
        Load("{");

        (DetrModel Model, IReadOnlyList<Category> Categories) Load(string configuration)
        {
            File.WriteAllText(FilePath("config.json"), configuration);
            return ModelFile.Load(FilePath("model.safetensors"));
        }
    }

    [Theory]
    [InlineData("transformer.decoder.layers.1.multihead_attn.in_proj_weight", "model.decoder.layers.1.encoder_attn.k_proj.weight")]
    [InlineData("backbone.0.body.layer3.0.bn2.running_var", "model.backbone.conv_encoder.model.layer3.0.bn2.running_var")]
    [InlineData("class_embed.weight", "class_labels_classifier.weight")]
    [InlineData("query_embed.weight", null)]
    [InlineData("transformer.decoder.layers.0.linear1.weight", "model.decoder.layers.0.fc1.weight")]
    public void A_missing_tensor_is_named(string reference, string? huggingFace)
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PostNorm);
        AssertRefused(TinyDetr.Tensors(model), reference);
        if (huggingFace is not null)
        {
            string named = huggingFace.Contains("k_proj", StringComparison.Ordinal) ? huggingFace : reference;
            AssertRefused(HuggingFaceSpelling.Spell(model.Parameters, timm: true), huggingFace, named);
        }

        void AssertRefused(Dictionary<string, Tensor> tensors, string missing, string? named = null)
        {
            Assert.True(tensors.Remove(missing));
            Assert.Contains(named ?? missing, Refused(tensors), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Extra_and_misshapen_tensors_are_named()
    {
        Dictionary<string, Tensor> tensors = TinyDetr.Tensors(TinyDetr.Create(TinyDetr.PostNorm));
        tensors["fc\n.weight"] = Tensor.FromArray([1], [0]);
        Assert.Contains("fc?.weight is not part of the model", Refused(tensors), StringComparison.Ordinal);
        tensors.Remove("fc\n.weight");
        tensors["bbox_embed.layers.2.weight"] = Tensor.FromArray([5, 64], new float[320]);
        Assert.Contains("bbox_embed.layers.2.weight is [5, 64] instead of [4, 64]", Refused(tensors), StringComparison.Ordinal);
        tensors["class_embed.weight"] = Tensor.FromArray([92 * 64], new float[92 * 64]);
        Assert.Contains("class_embed.weight is [5888]", Refused(tensors), StringComparison.Ordinal);

        tensors = HuggingFaceSpelling.Spell(TinyDetr.Create(TinyDetr.PostNorm).Parameters, timm: true);
        tensors["model.encoder.layers.0.self_attn.v_proj.bias"] = Tensor.FromArray([63], new float[63]);
        Assert.Contains("model.encoder.layers.0.self_attn.v_proj.bias is [63]", Refused(tensors), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_detectors_in_a_file_are_refused()
    {
        Dictionary<string, Tensor> tensors = TinyDetr.Tensors(TinyDetr.Create(TinyDetr.PreNorm));
        foreach ((string name, Tensor tensor) in tensors.ToArray())
        {
            tensors.Add($"detr.{name}", tensor);
        }

        Refused(tensors);
    }

    [Theory]
    [InlineData("fc.weight")]
    [InlineData("class_embed.0.weight", "query_embed.weight", "input_proj.0.0.weight", "transformer.level_embed")]
    [InlineData("model.query_position_embeddings.weight")]
    public void Other_architectures_are_no_detr(params string[] names)
        => Assert.Contains("holds no DETR: it lacks", Refused(names.ToDictionary(name => name, _ => Tensor.FromArray([2, 2], new float[4]))), StringComparison.Ordinal);

    [Fact]
    public void The_demonstration_model_is_named()
    {
        DemoModel demo = new(91, new TransformerOptions { Channels = 32, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForward = 8 });
        Dictionary<string, Tensor> tensors = demo.Parameters.Where(parameter => !parameter.Name.StartsWith("backbone.", StringComparison.Ordinal)).ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter);
        Assert.Contains("demonstration model", Refused(tensors), StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_ask_for_too_much_memory_are_refused_before_it_is_taken()
    {
        // 800 kB that describe layers of 40 GB.
        Dictionary<string, Tensor> tensors = TinyDetr.Tensors(TinyDetr.Create(TinyDetr.PreNorm));
        tensors["class_embed.weight"] = Tensor.FromArray([2, 100_000], new float[200_000]);
        AssertSmall(() => Assert.Contains("describes a model that cannot be made", Refused(tensors), StringComparison.Ordinal));

        // Ten thousand layers of one number each.
        tensors = TinyDetr.Tensors(TinyDetr.Create(TinyDetr.PostNorm));
        for (int i = 0; i < 10_000; i++)
        {
            tensors.Add($"transformer.encoder.layers.{i + 1_000_000_000}.x", Tensor.FromArray([1], [0]));
        }

        AssertSmall(() => Assert.Contains("describes a model that cannot be made", Refused(tensors), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"channels\":32", "\"channels\":2000000000")]
    [InlineData("\"encoder_layers\":1", "\"encoder_layers\":2147483646")]
    [InlineData("\"encoder_layers\":1", "\"encoder_layers\":-2147483648")]
    [InlineData("\"heads\":1", "\"heads\":0")]
    [InlineData("\"heads\":1", "\"heads\":7")]
    [InlineData("\"queries\":5", "\"queries\":-1")]
    [InlineData("\"classes\":3", "\"classes\":2147483647")]
    [InlineData("[1,1,2,1]", "[]")]
    [InlineData("[1,1,2,1]", "null")]
    [InlineData("[1,1,2,1]", "[2147483647]")]
    [InlineData("[1,1,2,1]", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]")]
    [InlineData("\"stem_kernel\":7", "\"stem_kernel\":2147483647")]
    [InlineData("\"backbone\"", "\"spine\"")]
    [InlineData("\"transformer\"", "\"former\"")]
    [InlineData("{", "[")]
    public void Descriptions_of_impossible_models_are_refused(string honest, string hostile)
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        Dictionary<string, string> metadata = new(ModelFile.Describe(model, []), StringComparer.Ordinal);
        Assert.Contains(honest, metadata["detr.options"], StringComparison.Ordinal);
        metadata["detr.options"] = metadata["detr.options"].Replace(honest, hostile, StringComparison.Ordinal);
        SafetensorsWriter.Write(FilePath("model.safetensors"), TinyDetr.Tensors(model), metadata);
        AssertSmall(() => Refused("model.safetensors"));
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"id":1}]""")]
    [InlineData("{}")]
    public void Categories_without_names_are_refused(string categories)
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        Dictionary<string, string> metadata = new(ModelFile.Describe(model, []), StringComparer.Ordinal);
        metadata["detr.categories"] = categories;
        SafetensorsWriter.Write(FilePath("model.safetensors"), TinyDetr.Tensors(model), metadata);
        Refused("model.safetensors");
    }

    [Fact]
    public void A_backbone_of_more_stages_than_numbers_can_count_is_refused()
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        Dictionary<string, string> metadata = new(ModelFile.Describe(model, []), StringComparer.Ordinal);
        metadata["detr.options"] = metadata["detr.options"].Replace("[1,1,2,1]", $"[{string.Join(',', Enumerable.Repeat(1, 2000))}]", StringComparison.Ordinal);
        SafetensorsWriter.Write(FilePath("model.safetensors"), TinyDetr.Tensors(model), metadata);
        AssertSmall(() => Assert.Contains("describes a model that cannot be made", Refused("model.safetensors"), StringComparison.Ordinal));
    }

    [Fact]
    public void A_description_without_sizes_gets_the_usual_ones()
    {
        DetrModel model = TinyDetr.Create(TinyDetr.PreNorm);
        Dictionary<string, string> metadata = new(ModelFile.Describe(model, []), StringComparer.Ordinal);
        metadata["detr.options"] = metadata["detr.options"].Replace("\"size\":800,\"maximum_size\":1333", "\"sort\":1", StringComparison.Ordinal);
        SafetensorsWriter.Write(FilePath("model.safetensors"), TinyDetr.Tensors(model), metadata);
        DetrOptions options = ModelFile.Load(FilePath("model.safetensors")).Model.Options;
        Assert.Equal((800, 1333), (options.Size, options.MaximumSize));
    }

    /// <summary>The detector with Hugging Face's names, under the prefix that a mask head gives it, and the mask head as it is.</summary>
    private static Dictionary<string, Tensor> SpellAsHuggingFace(DetrModel model, DetrOptions detector, bool timm)
    {
        DetrModel bare = new(detector);
        foreach (Parameter parameter in bare.Parameters)
        {
            parameter.Write(model.Parameters[model.Prefix + parameter.Name].AsSpan());
        }

        Dictionary<string, Tensor> tensors = HuggingFaceSpelling.Spell(bare.Parameters, timm).ToDictionary(pair => model.Prefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach (Parameter parameter in model.Parameters.Where(parameter => !parameter.Name.StartsWith(model.Prefix, StringComparison.Ordinal)))
        {
            tensors.Add(parameter.Name, parameter);
        }

        return tensors;
    }

    private static void AssertSmall(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000);
    }

    private string Refused(Dictionary<string, Tensor> tensors)
    {
        SafetensorsWriter.Write(FilePath("model.safetensors"), tensors, NoMetadata);
        return Refused("model.safetensors");
    }

    private string Refused(string file, ArchitectureHints? hints = null)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ModelFile.Load(FilePath(file), hints));
        Assert.StartsWith(FilePath(file), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    private string FilePath(string name) => Path.Combine(_folder, name);
}
