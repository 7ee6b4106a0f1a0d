using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Detr.Data;
using Detr.Explain;
using Detr.Models;

namespace Detr.Cli.Commands;

/// <summary><c>detr explain</c>: which cells of a picture speak for what was found.</summary>
internal static class ExplainCommand
{
    private const int BytesInMebibyte = 1 << 20;

    internal static Command Create()
    {
        PictureArguments picture = new();
        HeadArguments heads = new();
        Option<string[]> methods = new("--method")
        {
            HelpName = "NAME", Description = "The methods, or all; see the notes.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [RelevanceMethods.All[0].Name],
        };
        methods.CompletionSources.Add(_ => RelevanceMethods.All.Select(method => new CompletionItem(method.Name)));
        Option<int[]> queries = new("--query") { HelpName = "N", Description = "The object queries; those with a score over 0.5 unless given, or the surest one.", AllowMultipleArgumentsPerToken = true };
        Option<string?> category = new("--class") { HelpName = "C", Description = "The category whose logit is explained, by name or number; each query's best unless given." };
        Option<int> memory = new("--memory")
        {
            HelpName = "MIB", Description = "The most memory that attention maps may take, in MiB.", DefaultValueFactory = _ => (int)(ExplainRequest.DefaultMemoryLimit / BytesInMebibyte),
        };
        Option<DirectoryInfo?> output = new("--out") { Description = "A folder for report.html, on which every map can be laid over the picture, and for figures." };
        Command command = new DocumentedCommand("explain", "Says which cells of a picture speak for what was found.")
        {
            Arguments = { picture.Picture },
            Options = { picture.Model, methods, queries, category, heads.Off, memory, output, picture.Json, picture.Resize.Size, picture.Resize.MaximumSize, picture.Threads },
            Examples =
            [
                ("relevance maps of all that is found", "explain street.jpg --json maps.json"),
                ("all methods, layers and heads on a page to look at", "explain street.jpg --method all --out street"),
                ("why query 27 may see a dog, by two methods", "explain street.jpg --query 27 --class dog --method relevance grad-cam --json -"),
                ("the same map with half of the heads off", "explain street.jpg --query 27 --off decoder.cross:all:0-3 --json -"),
                ("the points that a DINO's queries sample", "explain cells.jpg --weights runs/dino/model.safetensors --out cells"),
            ],
            Notes =
            [
                $"Methods: {string.Join(", ", RelevanceMethods.All.Select(method => method.Name))}.",
                "A map has one value for each cell of the picture's feature map, row by row; how large values are differs from method to method.",
                "Deformable DETR and DINO attend to no map of cells: of them explain shows the points that queries sample, and takes neither --method nor --class.",
                Weights.Note,
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            IReadOnlyList<IRelevanceMethod> chosen = Methods(parsed.GetRequiredValue(methods));
            int limit = parsed.GetValue(memory);
            if (limit < 1)
            {
                throw new InputException("--memory is at least 1 MiB.");
            }

            string? folder = parsed.GetValue(output)?.FullName;
            if (folder is not null)
            {
                OutputFolder.Create(folder);
            }

            using OpenPicture open = await picture.OpenAsync(parsed, cancellation).ConfigureAwait(false);
            Detector detector = open.Detector;
            int[] wanted = [.. (parsed.GetValue(queries) ?? []).Distinct()];
            Array.ForEach(wanted, query => QueryOption.Check(query, detector.Model.Options));
            HeadsOff? off = heads.Read(parsed, detector.Model.Options);
            string[] remarks = off is null ? [] : [$"Without the attention heads {string.Join(' ', parsed.GetValue(heads.Off) ?? [])}."];
            ExplainTarget target = new(parsed.GetValue(picture.Json), folder);
            try
            {
                if (detector.Model.Options.HasDeformableAttention)
                {
                    RefuseMaps(parsed, detector.Model.Options, methods, category);
                    SamplingRequest request = new() { Queries = wanted.Length > 0 ? wanted : null, MemoryLimit = (long)limit * BytesInMebibyte };
                    SamplingDisplay.Show(open, request, off, remarks, target, cancellation);
                }
                else
                {
                    ExplainRequest request = new()
                    {
                        Methods = chosen,
                        Queries = wanted.Length > 0 ? wanted : null,
                        Label = parsed.GetValue(category) is { } text ? Label(text, detector) : null,
                        MemoryLimit = (long)limit * BytesInMebibyte,
                    };
                    (int? size, int? maximum) = picture.Resize.Read(parsed);
                    MapDisplay.Show(open, request, MapPlacement.Of(detector.Model.Options, open.Image.Width, open.Image.Height, size, maximum), off, remarks, target, cancellation);
                }
            }
            catch (MemoryLimitException error)
            {
                throw new InputException(FormattableString.Invariant($"{error.Message.TrimEnd('.')}: --memory {Math.Ceiling((double)error.RequiredBytes / BytesInMebibyte)}, or a lower --size."));
            }

            return 0;
        });
        return command;
    }

    /// <summary>Options about maps make no sense where there are none.</summary>
    private static void RefuseMaps(ParseResult parsed, DetrOptions model, params Option[] options)
    {
        if (Array.Find(options, option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new InputException($"A {DetrPresets.NameOf(model.Variant)} samples a few points of a picture and attends to no map of cells, which {given.Name} is about; without it, explain shows the points.");
        }
    }

    private static IReadOnlyList<IRelevanceMethod> Methods(string[] names) => names is ["all"]
        ? RelevanceMethods.All
        : [.. names.Select(name => RelevanceMethods.Find(name)
            ?? throw new InputException($"--method {name} is none of {string.Join(", ", RelevanceMethods.All.Select(method => method.Name))}, or all.")).Distinct()];

    private static int Label(string text, Detector detector)
    {
        for (int label = 0; label < detector.Model.Options.Classes; label++)
        {
            Category category = PostProcess.CategoryOf(label, detector.Categories);
            if (string.Equals(category.Name, text, StringComparison.OrdinalIgnoreCase) || category.Id.ToString(CultureInfo.InvariantCulture) == text)
            {
                return label;
            }
        }

        throw new InputException($"--class {text} is no category of this model, by name or number.");
    }
}
