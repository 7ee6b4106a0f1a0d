using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Detr.Studies;

namespace Detr.Cli.Commands;

/// <summary><c>detr study</c>: experiments on DETR.</summary>
internal static class StudyCommand
{
    private const string All = "all";
    private static readonly StudyRecipe Usual = new();

    internal static Command Create()
    {
        Argument<string> name = new("NAME") { Description = $"{string.Join(", ", StudyCatalog.All.Select(study => study.Name))}, or all." };
        name.CompletionSources.Add(_ => StudyCatalog.All.Select(study => new CompletionItem(study.Name)).Append(new CompletionItem(All)));
        Option<DirectoryInfo> output = new("--out")
        {
            HelpName = "DIR", Description = "The folder of trained models, which all studies in it share, and of a folder for each study's report.html, study.md, study.json, table.csv and images.", DefaultValueFactory = _ => new DirectoryInfo("studies"),
        };
        Option<int> steps = new("--steps") { Description = "Steps of each training, a multiple of 10.", DefaultValueFactory = _ => Usual.Steps };
        Option<int> size = new("--size") { Description = "Pixels along each side of a generated scene.", DefaultValueFactory = _ => Usual.Size };
        Option<int> batch = new("--batch-size") { Description = "Scenes in a step.", DefaultValueFactory = _ => Usual.BatchSize };
        Option<int> count = new("--count") { Description = "How many other scenes models are evaluated on.", DefaultValueFactory = _ => 300 };
        Option<ulong> seed = new("--seed") { Description = "Decides weights, scenes and their order.", DefaultValueFactory = _ => Usual.Seed };
        Option<int> seeds = new("--seeds") { Description = "convergence: how often each training is done, with --seed and those that follow it.", DefaultValueFactory = _ => 1 };
        Option<string?> weights = new("--weights") { HelpName = "FILE", Description = "The model to look into where a study needs none of its own: one that knows generated scenes; the one that comes along unless given." };
        Option<int?> threads = ThreadsOption.Create();
        Option<string?> json = JsonTarget.CreateOption();
        Command command = new DocumentedCommand("study", "Does an experiment on DETR: trains or loads what it needs, and answers with a table, figures and a finding beside the paper's.")
        {
            Arguments = { name },
            Options = { output, json, steps, size, batch, count, seed, seeds, weights, threads },
            Examples =
            [
                ("what each layer adds: studies/layers/report.html", "study layers"),
                ("all of them, one after the other; what was stopped goes on", "study all --out studies"),
                ("a quick look: models that have hardly learnt", "study layers --out quick --steps 200 --count 50"),
            ],
            Notes =
            [
                .. StudyCatalog.All.Select(study => $"{study.Name}: {study.Question}"),
                "Models are trained once in a folder, however many studies need them, and a training that was stopped or killed goes on where it stood. A folder stays with the --steps, --size, --batch-size and --seed that it was begun with.",
            ],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            IReadOnlyList<IStudy> studies = Named(parsed.GetRequiredValue(name));
            if (parsed.GetValue(count) < 1 || parsed.GetValue(seeds) < 1 || parsed.GetValue(threads) < 1)
            {
                throw new InputException("--count, --seeds and --threads are at least 1.");
            }

            string? target = parsed.GetValue(json), given = parsed.GetValue(weights);
            JsonTarget.Prepare(target);
            string file = given is null ? ShippedModel.Path : await Weights.ResolveAsync(given, cancellation).ConfigureAwait(false);
            StudyRecipe recipe = new() { Steps = parsed.GetValue(steps), Size = parsed.GetValue(size), BatchSize = parsed.GetValue(batch), Seed = parsed.GetValue(seed) };
            StudyDisplay display = new();
            using StudyWorkshop workshop = Open(() => new StudyWorkshop(parsed.GetRequiredValue(output).FullName, recipe, parsed.GetValue(threads))
            {
                ValidationScenes = parsed.GetValue(count), Seeds = parsed.GetValue(seeds), WeightsFile = file, Progress = display.Show,
            });
            List<(IStudy Study, StudyResult Result)> done = [];
            foreach (IStudy study in studies)
            {
                StudyResult result = display.Run(() => study.Run(workshop, cancellation));
                string folder = Path.Combine(workshop.Folder, study.Name);
                StudyFolder.Write(folder, study, workshop, result);
                JsonTarget.Write(Path.Combine(folder, "study.json"), writer => StudyJson.Write(writer, study, workshop, result));
                done.Add((study, result));
                if (target != JsonTarget.StandardOutput)
                {
                    StudyTables.Write(study, result, folder);
                }
            }

            if (target is not null)
            {
                JsonTarget.Write(target, writer => Write(writer, workshop, done, isList: parsed.GetRequiredValue(name) == All));
            }

            return 0;
        });
        return command;
    }

    private static IReadOnlyList<IStudy> Named(string name) => name == All
        ? StudyCatalog.All
        : [StudyCatalog.Find(name) ?? throw new InputException($"There is no study {name}; there are {string.Join(", ", StudyCatalog.All.Select(study => study.Name))}, and all.")];

    private static StudyWorkshop Open(Func<StudyWorkshop> open)
    {
        try
        {
            return open();
        }
        catch (ArgumentException error)
        {
            throw new InputException(error.Message);
        }
    }

    private static void Write(Utf8JsonWriter writer, StudyWorkshop workshop, List<(IStudy Study, StudyResult Result)> done, bool isList)
    {
        if (!isList)
        {
            StudyJson.Write(writer, done[0].Study, workshop, done[0].Result);
            return;
        }

        writer.WriteStartArray();
        foreach ((IStudy study, StudyResult result) in done)
        {
            StudyJson.Write(writer, study, workshop, result);
        }

        writer.WriteEndArray();
    }
}
