using System.Runtime.InteropServices;
using System.Text.Json;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Benchmarks;

/// <summary>
/// Writes, for each model that is trained, a folder for another program to follow: <c>model.safetensors</c>, the pictures and this
/// engine's outputs for them as bare little-endian numbers, and <c>steps.json</c> with the objects, and with the losses and
/// gradient norms of the first steps without dropout.
/// </summary>
internal static class TrainingPeers
{
    private const int Steps = 2;

    /// <summary>Writes all models.</summary>
    /// <param name="folder">Where; each model gets a folder of its own in <c>training</c>.</param>
    /// <param name="threads">Threads that the engine uses.</param>
    internal static void Write(string folder, int threads)
    {
        using CpuBackend backend = new(threads);
        foreach (TrainingCase entry in TrainingCase.All)
        {
            TrainingCase still = entry with { Options = entry.Options with { Transformer = entry.Options.Transformer with { Dropout = 0 } } };
            string own = Directory.CreateDirectory(Path.Combine(folder, "training", entry.Name)).FullName;
            DetrModel model = still.CreateModel();
            ModelFile.Save(Path.Combine(own, "model.safetensors"), model, []);
            using DetectionBatch batch = still.CreateBatch();
            WriteForward(own, model, backend, batch);
            WriteSteps(Path.Combine(own, "steps.json"), still.CreateTrainer(model, backend), batch);
            Console.WriteLine(own);
        }
    }

    private static void WriteForward(string folder, DetrModel model, CpuBackend backend, DetectionBatch batch)
    {
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        DetrOutput output = model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
        WriteNumbers("image", batch.Pixels);
        WriteNumbers("pred_logits", output.Logits.AsSpan());
        WriteNumbers("pred_boxes", output.Boxes.AsSpan());

        void WriteNumbers(string what, ReadOnlySpan<float> numbers) => File.WriteAllBytes(Path.Combine(folder, what), MemoryMarshal.AsBytes(numbers));
    }

    private static void WriteSteps(string path, Trainer trainer, DetectionBatch batch)
    {
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteStartArray("shape");
        foreach (int side in batch.Shape)
        {
            json.WriteNumberValue(side);
        }

        json.WriteEndArray();
        json.WriteStartArray("targets");
        foreach (BoxTargets target in batch.Targets)
        {
            json.WriteStartObject();
            json.WritePropertyName("labels");
            JsonSerializer.Serialize(json, target.Labels);
            json.WritePropertyName("boxes");
            JsonSerializer.Serialize(json, target.Boxes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("steps");
        for (int i = 0; i < Steps; i++)
        {
            TrainingProgress step = trainer.Step(batch);
            json.WriteStartObject();
            json.WriteNumber("loss", step.Losses["loss"]);
            json.WriteNumber("gradient_norm", step.GradientNorm);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
