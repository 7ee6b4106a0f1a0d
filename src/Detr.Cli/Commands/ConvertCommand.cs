using System.CommandLine;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr convert</c>: weights from one kind of file to another.</summary>
internal static class ConvertCommand
{
    private const double BytesInMegabyte = 1e6;

    internal static Command Create()
    {
        Option<string?> weights = Weights.CreateOption("--weights", "The model to read: a file, or the name of published weights such as detr_resnet50.");
        weights.Required = true;
        Option<FileInfo> output = new("--out") { Description = "The file to write: .safetensors, or .pth for PyTorch.", Required = true };
        Option<bool> half = new("--half") { Description = "Rounds weights to half precision: half the file, and outputs that differ in the fourth digit." };
        Option<bool> bytes = new("--int8") { Description = "Rounds the backbone's weights and activations to eight bits: about half the time for a picture, and a smaller file." };
        Option<string?> calibrate = new("--calibrate")
        {
            HelpName = "PICTURES or shapes", Description = "What --int8 learns from how large activations become: a folder or a pattern of pictures like those that the model will see, or shapes for generated scenes.",
        };
        Command command = new DocumentedCommand("convert", "Writes a model as one .safetensors file that says by itself which model it is and what its classes are called, or as a .pth that PyTorch loads.")
        {
            Options = { weights, output, half, bytes, calibrate },
            Examples =
            [
                ("half as large, to give away", "convert --weights runs/cells/best.safetensors --out cells.safetensors --half"),
                ("in eight bits, for speed", "convert --weights runs/cells/best.safetensors --out fast.safetensors --int8 --calibrate BCCD/JPEGImages"),
                ("the paper's model, out of PyTorch's format", "convert --weights detr_resnet50 --out detr_resnet50.safetensors"),
                ("into PyTorch's format, with the reference's keys: model.load_state_dict(torch.load(path)['model'])", "convert --weights runs/cells/best.safetensors --out cells.pth"),
            ],
            Notes =
            [
                $"--int8 looks at up to {CalibrationPictures.Most} pictures; they need no labels. Transformer and heads stay in floating point. Every command that takes weights takes the file, and detect, eval and bench run it in eight bits.",
                Weights.Note,
            ],
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(bytes) != (result.GetValue(calibrate) is not null))
            {
                result.AddError("--int8 and --calibrate go together: name a folder with pictures like those that the model will see, or shapes.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            FileInfo target = parsed.GetRequiredValue(output);
            bool isPyTorch = target.Name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase);
            if (!isPyTorch && !target.Name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException($"{target.Name} ends in neither .safetensors nor .pth, which is what convert writes.");
            }

            if (isPyTorch && parsed.GetValue(bytes))
            {
                throw new InputException("A .pth has no place for eight bits; give --out a name that ends in .safetensors.");
            }

            CalibrationPictures? pictures = parsed.GetValue(calibrate) is { } name ? CalibrationPictures.Find(name) : null;
            string path = await Weights.ResolveAsync(parsed.GetRequiredValue(weights), cancellation).ConfigureAwait(false);
            (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(path);
            if (pictures is not null)
            {
                using CpuBackend backend = new();
                ActivationRanges ranges = ProgressBar.Run("Pictures", pictures.Count, progress => Calibration.Run(model, pictures.Load(), backend, progress, cancellation));
                model.QuantizedBackbone = new QuantizedBackbone(model.Backbone, ranges);
            }

            target.Directory?.Create();
            if (isPyTorch)
            {
                ModelFile.SavePyTorch(target.FullName, model, parsed.GetValue(half));
                if (ReferenceDifferences.Of(model.Options) is { Count: > 0 } differences)
                {
                    await Console.Error.WriteLineAsync(
                        $"{target.Name} loads in PyTorch, but the reference's program would make another model of it: {string.Join("; ", differences)}. This program reads it as it is.").ConfigureAwait(false);
                }
            }
            else
            {
                ModelFile.Save(target.FullName, model, categories, parsed.GetValue(half));
            }

            target.Refresh();
            AnsiConsole.MarkupLineInterpolated($"{target.FullName}: {model.Parameters.Count} tensors, {categories.Count} categories, {target.Length / BytesInMegabyte:F1} MB.");
            return 0;
        });
        return command;
    }
}
