using System.CommandLine;
using System.CommandLine.Completions;
using Detr.Models;

namespace Detr.Cli;

/// <summary>What <c>--weights</c> names: a file, or weights that DETR's authors published.</summary>
internal static class Weights
{
    /// <summary>What is used when nothing is named.</summary>
    internal const string Default = "detr_resnet50";

    private const string RunsModel = "model.safetensors";

    /// <summary>What help says about where names lead.</summary>
    internal static string Note =>
        $"Published weights are fetched once, into the folder that the environment variable {WeightsCache.FolderVariable} names, else the user's cache; detr models lists them.";

    internal static Option<string?> CreateOption()
        => CreateOption("--weights", $"The model: a file, or the name of published weights such as {Default}, which is taken when nothing is said.");

    internal static Option<string?> CreateOption(string name, string description)
    {
        Option<string?> option = new(name) { HelpName = "FILE or NAME", Description = description };
        option.CompletionSources.Add(_ => ModelZoo.All.Select(model => new CompletionItem(model.Name)));
        return option;
    }

    /// <summary>The path of the file that is meant; published weights are fetched if they are not there yet.</summary>
    /// <param name="fileOrName">What the user said; null for <paramref name="usual"/>, and then standard error says so.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <param name="usual">The published weights that are meant when nothing is said.</param>
    /// <exception cref="InputException">There is no such file and no such name.</exception>
    /// <exception cref="IOException">The weights cannot be had; the message says what to do instead.</exception>
    internal static async Task<string> ResolveAsync(string? fileOrName, CancellationToken cancellationToken, string usual = Default)
    {
        if (File.Exists(fileOrName))
        {
            return fileOrName;
        }

        if (Directory.Exists(fileOrName))
        {
            throw new InputException($"{fileOrName} is a folder; name the file in it, such as {Path.Combine(fileOrName, RunsModel)}.");
        }

        if (fileOrName is null)
        {
            await Console.Error.WriteLineAsync($"Without --weights, this is {usual}.").ConfigureAwait(false);
        }

        PublishedModel model = ModelZoo.Find(fileOrName ?? usual)
            ?? throw new InputException($"There is no file {fileOrName}, nor are there published weights of that name; there are {Names()}.");
        if (model.Options is null)
        {
            throw new InputException($"{model.Name} is {model.Description}, which is no detector to work with; use {Default}.");
        }

        return await WeightsFetch.RunAsync(model, cancellationToken).ConfigureAwait(false);
    }

    internal static string Names() => string.Join(", ", ModelZoo.All.Select(model => model.Name));
}
