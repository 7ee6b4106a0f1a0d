using System.CommandLine;
using System.Text.Json;
using Detr.Data;
using Detr.Data.Evaluation;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr train</c>: a model from data.</summary>
internal static class TrainCommand
{
    private const int StepsPerLine = 100;

    internal static Command Create()
    {
        Option<string> data = new("--data") { Description = "The data: shapes for generated scenes.", DefaultValueFactory = _ => GeneratedData.Name };
        Option<DirectoryInfo> output = new("--out") { Description = "The run's folder: weights and log.", Required = true };
        Option<int> count = new("--count") { Description = "How many generated scenes to train on.", DefaultValueFactory = _ => 20000 };
        Option<int> validation = new("--validation-count") { Description = "How many other scenes to evaluate on at the end.", DefaultValueFactory = _ => 500 };
        Option<int> size = new("--size") { Description = "Pixels along each side of a generated scene.", DefaultValueFactory = _ => 128 };
        Option<float> rate = new("--lr") { Description = "The learning rate.", DefaultValueFactory = _ => 3e-4f };
        Option<int> batch = new("--batch-size") { Description = "Images in a step.", DefaultValueFactory = _ => 16 };
        Option<int> epochs = new("--epochs") { Description = "Passes over the data.", DefaultValueFactory = _ => 5 };
        Option<int> drop = new("--lr-drop") { Description = "The epoch after which the learning rate falls to a tenth.", DefaultValueFactory = _ => 4 };
        Option<double?> minutes = new("--minutes") { Description = "Trains for so many minutes instead of epochs; the rate falls after four fifths of them." };
        Option<double> clip = new("--clip-max-norm") { Description = "The gradients' largest norm.", DefaultValueFactory = _ => 0.1 };
        Option<float> decay = new("--weight-decay") { Description = "The weight decay.", DefaultValueFactory = _ => 1e-4f };
        Option<int> queries = new("--num-queries") { Description = "Object queries: the most objects in a picture.", DefaultValueFactory = _ => 20 };
        Option<int> hidden = new("--hidden-dim") { Description = "Channels of the transformer.", DefaultValueFactory = _ => 128 };
        Option<int> heads = new("--nheads") { Description = "Attention heads.", DefaultValueFactory = _ => 4 };
        Option<int> encoder = new("--enc-layers") { Description = "Encoder layers.", DefaultValueFactory = _ => 2 };
        Option<int> decoder = new("--dec-layers") { Description = "Decoder layers.", DefaultValueFactory = _ => 3 };
        Option<int> feedForward = new("--dim-feedforward") { Description = "Channels inside a transformer layer.", DefaultValueFactory = _ => 256 };
        Option<float> dropout = new("--dropout") { Description = "The chance that an activation is dropped.", DefaultValueFactory = _ => 0f };
        Option<int> width = new("--backbone-width") { Description = "Channels of the small backbone's first stage.", DefaultValueFactory = _ => 32 };
        Option<ulong> seed = new("--seed") { Description = "Decides weights, order and augmentation.", DefaultValueFactory = _ => 42 };
        Option<int?> threads = new("--threads") { Description = "Threads; all processors unless given." };
        Command command = new("train", "Trains a small DETR from scratch and evaluates it.")
        {
            data, output, count, validation, size, rate, batch, epochs, drop, minutes, clip, decay, queries, hidden, heads, encoder, decoder, feedForward, dropout, width, seed, threads,
        };
        command.SetAction((parsed, cancellation) =>
        {
            ShapesDataset scenes = GeneratedData.Open(parsed.GetRequiredValue(data), "train", parsed.GetValue(count), parsed.GetValue(size));
            if (parsed.GetValue(batch) < 1 || scenes.Count < parsed.GetValue(batch))
            {
                throw new InputException($"A batch of {parsed.GetValue(batch)} cannot be made of {scenes.Count} scenes; give --batch-size from 1 to {scenes.Count}.");
            }

            if (parsed.GetValue(heads) < 1 || parsed.GetValue(hidden) % (4 * parsed.GetValue(heads)) != 0)
            {
                throw new InputException($"--hidden-dim {parsed.GetValue(hidden)} is not a multiple of 4 and of --nheads {parsed.GetValue(heads)}.");
            }

            DetrOptions options = new()
            {
                Backbone = new BackboneOptions
                {
                    Blocks = [1, 1, 1, 1], Bottleneck = false, Width = parsed.GetValue(width), StemKernel = 3, StemPooling = false, Norm = BackboneNorm.Batch,
                },
                Transformer = new TransformerOptions
                {
                    Channels = parsed.GetValue(hidden), Heads = parsed.GetValue(heads), EncoderLayers = parsed.GetValue(encoder), DecoderLayers = parsed.GetValue(decoder),
                    FeedForward = parsed.GetValue(feedForward), Dropout = parsed.GetValue(dropout),
                },
                Queries = parsed.GetValue(queries),
                Classes = scenes.Categories.Count,
            };
            TrainingOptions training = new()
            {
                LearningRate = parsed.GetValue(rate), BackboneLearningRate = parsed.GetValue(rate), WeightDecay = parsed.GetValue(decay), ClipNorm = parsed.GetValue(clip),
                Epochs = parsed.GetValue(epochs), DropEpoch = parsed.GetValue(drop), WarmupSteps = 200,
                TimeLimit = parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
            };
            ShapesDataset unseen = GeneratedData.Open(parsed.GetRequiredValue(data), "val", parsed.GetValue(validation), parsed.GetValue(size));
            Run(parsed.GetRequiredValue(output).FullName, scenes, unseen, options, training, parsed.GetValue(batch), parsed.GetValue(seed), parsed.GetValue(threads), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Run(
        string folder, ShapesDataset scenes, ShapesDataset unseen, DetrOptions options, TrainingOptions training, int batch, ulong seed, int? threads, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        DetrModel model = new(options);
        DetrInitialization.Initialize(model, new RandomStream(seed));
        using CpuBackend backend = new(threads);
        SetCriterion criterion = new(options.Classes, new HungarianMatcher(), new CriterionOptions());
        Trainer trainer = new(model, criterion, training, backend, seed);
        BatchLoader loader = new(scenes, [new HorizontalFlip()], batch, seed);
        int parameters = model.Parameters.Where(parameter => !parameter.IsBuffer).Sum(parameter => parameter.Length);
        AnsiConsole.MarkupLineInterpolated($"{parameters:N0} parameters, {loader.Batches} steps an epoch, {backend.Threads} threads.");

        string weights = Path.Combine(folder, "model.safetensors");
        using StreamWriter log = new(Path.Combine(folder, "log.txt"));
        for (int epoch = 0; training.TimeLimit is null ? epoch < training.Epochs : !trainer.IsOver; epoch++)
        {
            double sum = 0;
            int steps = 0;
            trainer.TrainEpoch(loader, epoch, progress =>
            {
                sum += progress.Losses["loss"];
                steps++;
                if (progress.Step % StepsPerLine == 0)
                {
                    WriteLine(log, progress, sum / steps);
                    (sum, steps) = (0, 0);
                }
            }, cancellation);
            ModelFile.Save(weights, model, scenes.Categories);
        }

        EvaluationSummary summary = ModelEvaluation.Evaluate(model, unseen, backend, null, cancellation).Summary;
        EvalCommand.Print(summary, scenes.Categories);
        EvaluationJson.Write(Path.Combine(folder, "evaluation.json"), summary, scenes.Categories);
        AnsiConsole.MarkupLineInterpolated($"The model is {weights}.");
    }

    private static void WriteLine(StreamWriter log, TrainingProgress progress, double meanLoss)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"epoch {progress.Epoch} step {progress.Step} loss {meanLoss:F3} rate {progress.LearningRate:g2} {progress.Elapsed.TotalSeconds / progress.Step:F3} s a step");
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", progress.Epoch);
            json.WriteNumber("step", progress.Step);
            json.WriteNumber("seconds", progress.Elapsed.TotalSeconds);
            json.WriteNumber("train_lr", progress.LearningRate);
            json.WriteNumber("train_mean_loss", meanLoss);
            json.WriteNumber("gradient_norm", progress.GradientNorm);
            foreach ((string name, float value) in progress.Losses)
            {
                json.WriteNumber($"train_{name}", value);
            }

            json.WriteEndObject();
        }

        log.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
        log.Flush();
    }
}
