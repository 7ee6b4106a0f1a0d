using Detr.Cli;

return await Runner.RunAsync(CommandTree.Create(new StageClock()), args).ConfigureAwait(false);
