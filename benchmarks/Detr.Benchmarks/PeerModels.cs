using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Detr.Models;
using Detr.Onnx;
using Detr.Onnx.Tests;
using Detr.Tensors;
using Tensor = Detr.Tensors.Tensor;

namespace Detr.Benchmarks;

/// <summary>
/// Writes models for another runtime to run: each in a folder of its own as <c>model.onnx</c>, with inputs and this engine's
/// outputs as bare little-endian numbers, and <c>cases.json</c>, which lists them; and as <c>model.safetensors</c> for this
/// engine, where it is a detector.
/// </summary>
internal static class PeerModels
{
    private static readonly (string Name, int Batch, int Height, int Width)[] Cases =
    [
        ("800x1066", 1, 800, 1066),
        ("480x640", 1, 480, 640),
        ("333x500", 1, 333, 500),
        ("padded batch", 2, 480, 608),
    ];

    /// <summary>The shape of the model of generated scenes.</summary>
    internal static DetrOptions Small { get; } = new()
    {
        Backbone = BackboneOptions.FromName("small"),
        Transformer = new TransformerOptions { Channels = 128, EncoderLayers = 3, DecoderLayers = 3, FeedForward = 512 },
        Queries = 25,
        Classes = 12,
    };

    /// <summary>Writes models.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="threads">Threads that the engine uses.</param>
    /// <param name="only">What the names of those that are wanted begin with; all are when empty.</param>
    internal static void Write(string folder, int threads, string only)
    {
        using CpuBackend backend = new(threads);
        BackboneOptions dilated = BackboneOptions.FromName("resnet50") with { Dilation = true };
        WriteDetr("small", Small);
        WriteDetr("detr_resnet50", new DetrOptions());
        WriteDetr("detr_resnet50_dc5", new DetrOptions { Backbone = dilated });
        WriteDetr("detr_resnet101", new DetrOptions { Backbone = BackboneOptions.FromName("resnet101") });
        foreach (string name in DetrPresets.Names.Except([DetrPresets.NameOf(DetrVariant.Detr)]))
        {
            WriteDetr(name, DetrPresets.Published(DetrPresets.Find(name)));
        }

        DemoModel demo = new(91, new TransformerOptions());
        Write("detr_demo", demo, path => OnnxExporter.Write(demo, path));

        void WriteDetr(string name, DetrOptions options)
        {
            DetrModel model = new(options);
            Write(name, model, path =>
            {
                OnnxExporter.Write(model, [], path);
                ModelFile.Save(Path.ChangeExtension(path, ".safetensors"), model, []);
            });
        }

        void Write(string name, IDetectionModel model, Action<string> export)
        {
            if (!name.StartsWith(only, StringComparison.Ordinal))
            {
                return;
            }

            ComparableWeights.Fill(model.Parameters);
            EqualRanks(model.Parameters);
            string own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            export(Path.Combine(own, "model.onnx"));
            foreach ((string Name, int Batch, int Height, int Width) entry in Cases)
            {
                WriteCase(own, model, backend, entry);
            }

            WriteList(Path.Combine(own, "cases.json"));
            Console.WriteLine(own);
        }
    }

    private static void WriteCase(string folder, IDetectionModel model, CpuBackend backend, (string Name, int Batch, int Height, int Width) entry)
    {
        (string name, int batch, int height, int width) = entry;
        RandomStream random = new(5);
        float[] image = new float[batch * 3 * height * width];
        bool[] mask = new bool[batch * height * width];
        for (int i = 0; i < image.Length; i++)
        {
            // Every image but the last is smaller than the batch's rectangle.
            int number = i / (3 * height * width), row = i / width % height, column = i % width;
            bool padded = number < batch - 1 && (row >= height * 3 / 4 || column >= width * 5 / 6);
            mask[(((number * height) + row) * width) + column] = padded;
            image[i] = padded ? 0f : (float)random.NextGaussian();
        }

        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload([batch, 3, height, width], image), new PaddingMask(batch, height, width, mask));
        WriteNumbers<float>("image", image);
        WriteNumbers<bool>("mask", mask);
        WriteNumbers("pred_logits", output.Logits.AsSpan());
        WriteNumbers("pred_boxes", output.Boxes.AsSpan());
        if (output.Proposals is { } proposals)
        {
            WriteNumbers("proposal_scores", BestLogits(proposals.Logits));
        }

        void WriteNumbers<T>(string what, ReadOnlySpan<T> numbers)
            where T : struct
            => File.WriteAllBytes(Path.Combine(folder, $"{name}.{what}"), MemoryMarshal.AsBytes(numbers));
    }

    /// <summary>
    /// DINO's queries begin as content by rank, and between proposals of next to equal score rounding decides which comes first. With the same
    /// content for all ranks, that changes the order of the results alone, and they can be compared.
    /// </summary>
    private static void EqualRanks(ParameterSet parameters)
    {
        foreach (Parameter content in parameters.Where(parameter => parameter.Name.EndsWith("tgt_embed.weight", StringComparison.Ordinal)))
        {
            ReadOnlySpan<float> first = content.AsSpan()[..content.Shape[1]];
            float[] all = new float[content.Length];
            for (int row = 0; row < content.Shape[0]; row++)
            {
                first.CopyTo(all.AsSpan(row * first.Length));
            }

            content.Write(all);
        }
    }

    /// <summary>What proposals were ranked by.</summary>
    private static float[] BestLogits(Tensor logits)
    {
        int classes = logits.Shape[^1];
        float[] best = new float[logits.AsSpan().Length / classes];
        for (int row = 0; row < best.Length; row++)
        {
            best[row] = TensorPrimitives.Max(logits.AsSpan().Slice(row * classes, classes));
        }

        return best;
    }

    private static void WriteList(string path)
    {
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter json = new(stream);
        json.WriteStartArray();
        foreach ((string name, int batch, int height, int width) in Cases)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("batch", batch);
            json.WriteNumber("height", height);
            json.WriteNumber("width", width);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
