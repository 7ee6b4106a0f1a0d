using System.CommandLine;
using Detr.Data;
using Detr.Models;
using Detr.Onnx;
using Spectre.Console;

namespace Detr.Cli.Commands;

/// <summary><c>detr export</c>: a model for other runtimes.</summary>
internal static class ExportCommand
{
    private const double BytesInMegabyte = 1e6;

    internal static Command Create()
    {
        Option<string?> weights = Weights.CreateOption("--weights", "The model to read: a file, or the name of published weights such as detr_resnet50.");
        weights.Required = true;
        Option<FileInfo> output = new("--onnx") { Description = "The .onnx file to write.", Required = true };
        Command command = new DocumentedCommand("export", "Writes a model as an ONNX file, which runtimes in any language can run.")
        {
            Options = { weights, output },
            Examples =
            [
                ("a model of your own", "export --weights runs/cells/best.safetensors --onnx cells.onnx"),
                ("the paper's model", "export --weights detr_resnet50 --onnx detr_resnet50.onnx"),
            ],
            Notes =
            [
                "Inputs: image, float [batch, 3, height, width], normalised as for training; mask, bool [batch, height, width], true where an image is padded.",
                "Outputs: pred_logits, float [batch, queries, classes + 1], the last for no object, of detr, and [batch, queries, classes], each before its own sigmoid, of its successors; pred_boxes, float [batch, queries, 4]. Batch and size are free at each run. Of a model with a mask head the detector alone is written.",
                "The names of the classes are in the file's metadata, as JSON.",
                Weights.Note,
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            FileInfo target = parsed.GetRequiredValue(output);
            if (!target.Name.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException($"{target.Name} does not end in .onnx, which is what export writes.");
            }

            string path = await Weights.ResolveAsync(parsed.GetRequiredValue(weights), cancellation).ConfigureAwait(false);
            (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(path);
            if (model.MaskHead is not null)
            {
                await Console.Error.WriteLineAsync($"{path} makes masks, too; the ONNX file is of the detector alone, without its mask head.").ConfigureAwait(false);
            }

            target.Directory?.Create();
            OnnxExporter.Write(model, categories, target.FullName);
            target.Refresh();
            AnsiConsole.MarkupLineInterpolated($"{target.FullName}: {categories.Count} categories, {target.Length / BytesInMegabyte:F1} MB.");
            return 0;
        });
        return command;
    }
}
