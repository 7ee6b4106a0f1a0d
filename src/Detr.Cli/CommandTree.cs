using Detr.Cli.Commands;

namespace Detr.Cli;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    internal static DocumentedRoot Create(StageClock clock)
    {
        DocumentedRoot root = new("DETR, the detection transformer: train it, run it, evaluate it, and see inside it.")
        {
            Subcommands =
            {
                DemoCommand.Create(),
                DetectCommand.Create(clock),
                SegmentCommand.Create(),
                ExplainCommand.Create(),
                HeadsCommand.Create(),
                StudyCommand.Create(),
                DataCommand.Create(),
                TrainCommand.Create(),
                EvalCommand.Create(),
                ScoreCommand.Create(),
                ScorePanopticCommand.Create(),
                ShapesCommand.Create(),
                ModelsCommand.Create(),
                ConvertCommand.Create(),
                ExportCommand.Create(),
                BenchCommand.Create(),
            },
            Examples =
            [
                ("begin here: a minute, no network, pictures of what the model saw", "demo"),
                ("objects in photographs of your own, by the paper's model", "detect photos --out found"),
                ("a model of your own", "train --data photos --out runs/mine --minutes 60"),
            ],
            Notes =
            [
                "detr COMMAND --help explains a command. Without the tool installed, detr is: dotnet run -c Release --project src/Detr.Cli --",
                "The exit code is 0 when all is done, 1 when the input is at fault, 2 when the command line is.",
            ],
        };
        DocumentedHelp.Use(root);
        return root;
    }
}
