using System.CommandLine;

namespace Detr.Cli;

/// <summary>What commands about many pictures have in common: the pictures, the model, the least score, sizes, threads, and where results go.</summary>
/// <param name="name">What the pictures are called in the command's help.</param>
/// <param name="model">The option of the model.</param>
/// <param name="threshold">The option of the least score.</param>
/// <param name="output">What <c>--out</c> is for.</param>
internal sealed class PicturesArguments(string name, Option<string?> model, Option<float> threshold, string output)
{
    /// <summary>What the commands' help says of pictures that cannot be read.</summary>
    internal const string UnreadableNote = "A picture that cannot be read is named on standard error; the others are done, and the exit code is 1.";

    private readonly ResizeArguments _resize = new();
    private readonly Option<int?> _threads = ThreadsOption.Create();
    private readonly Option<string?> _json = JsonTarget.CreateOption();
    private readonly Option<DirectoryInfo?> _output = new("--out") { Description = output };

    internal Argument<string[]> Pictures { get; } = new(name) { Description = "Pictures: files, folders, or patterns such as photos/*.jpg. JPEG, PNG, BMP and PPM.", Arity = ArgumentArity.OneOrMore };

    internal void AddTo(Command command)
    {
        command.Add(Pictures);
        foreach (Option option in (Option[])[model, threshold, _output, _json, _resize.Size, _resize.MaximumSize, _threads])
        {
            command.Add(option);
        }
    }

    /// <summary>The model's file, fetched where it is published weights.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="usual">The published weights that are taken where none were given.</param>
    internal Task<string> ModelAsync(ParseResult parsed, CancellationToken cancellation, string usual = Weights.Default) => Weights.ResolveAsync(parsed.GetValue(model), cancellation, usual);

    /// <summary>Reads what was given.</summary>
    /// <exception cref="InputException">An option makes no sense, or there are no pictures.</exception>
    internal PicturesRequest Read(ParseResult parsed)
    {
        float least = ThresholdOption.Read(parsed, threshold);
        int? threads = ThreadsOption.Read(parsed, _threads);
        (int? size, int? maximum) = _resize.Read(parsed);
        IReadOnlyList<string> files = InputFiles.Expand(parsed.GetRequiredValue(Pictures));
        string? json = parsed.GetValue(_json);
        JsonTarget.Prepare(json);
        return new PicturesRequest(files, least, new DetectorOptions { Size = size, MaximumSize = maximum, Threads = threads }, json, parsed.GetValue(_output)?.FullName);
    }
}
