using Detr.Cli;

return await Runner.RunAsync(CommandTree.Create(), args).ConfigureAwait(false);
