using System.CommandLine;
using Detr.Cli;
using Detr.Cli.Commands;

RootCommand root = new("DETR, the detection transformer: train it, run it, evaluate it, and see inside it.")
{
    DemoCommand.Create(),
    DetectCommand.Create(),
    ShapesCommand.Create(),
    TrainCommand.Create(),
    EvalCommand.Create(),
    ScoreCommand.Create(),
    ConvertCommand.Create(),
};
return await Runner.RunAsync(root, args).ConfigureAwait(false);
