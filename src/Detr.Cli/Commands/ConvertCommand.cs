using System.CommandLine;
using Detr.Data;
using Detr.Models;
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
        Option<FileInfo> output = new("--out") { Description = "The .safetensors file to write.", Required = true };
        Option<bool> half = new("--half") { Description = "Rounds weights to half precision: half the file, and outputs that differ in the fourth digit." };
        Command command = new DocumentedCommand("convert", "Writes a model as one .safetensors file that says by itself which model it is and what its classes are called.")
        {
            Options = { weights, output, half },
            Examples =
            [
                ("half as large, to give away", "convert --weights runs/cells/best.safetensors --out cells.safetensors --half"),
                ("the paper's model, out of PyTorch's format", "convert --weights detr_resnet50 --out detr_resnet50.safetensors"),
            ],
            Notes = [Weights.Note],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            FileInfo target = parsed.GetRequiredValue(output);
            if (!target.Name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException($"{target.Name} does not end in .safetensors, which is what convert writes.");
            }

            string path = await Weights.ResolveAsync(parsed.GetRequiredValue(weights), cancellation).ConfigureAwait(false);
            (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(path);
            target.Directory?.Create();
            ModelFile.Save(target.FullName, model, categories, parsed.GetValue(half));
            target.Refresh();
            AnsiConsole.MarkupLineInterpolated($"{target.FullName}: {model.Parameters.Count} tensors, {categories.Count} categories, {target.Length / BytesInMegabyte:F1} MB.");
            return 0;
        });
        return command;
    }
}
