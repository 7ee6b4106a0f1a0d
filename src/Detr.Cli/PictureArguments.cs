using System.CommandLine;

namespace Detr.Cli;

/// <summary>What commands about one picture have in common: the picture, the model, sizes, threads, and where JSON goes.</summary>
internal sealed class PictureArguments
{
    internal Argument<string> Picture { get; } = new("image") { Description = "The picture: JPEG, PNG, BMP or PPM." };

    internal Option<string?> Model { get; } = Weights.CreateOption();

    internal ResizeArguments Resize { get; } = new();

    internal Option<int?> Threads { get; } = ThreadsOption.Create();

    internal Option<string?> Json { get; } = JsonTarget.CreateOption();

    /// <summary>Reads the picture and loads the model.</summary>
    /// <exception cref="InputException">An option makes no sense, or the picture cannot be read.</exception>
    internal async Task<OpenPicture> OpenAsync(ParseResult parsed, CancellationToken cancellation)
    {
        int? threads = ThreadsOption.Read(parsed, Threads);

        (int? size, int? maximum) = Resize.Read(parsed);
        JsonTarget.Prepare(parsed.GetValue(Json));
        string file = parsed.GetRequiredValue(Picture);
        ReadPicture picture = await new PictureReader([file], ahead: false).ReadAsync(0).ConfigureAwait(false);
        if (picture.Image is not { } image)
        {
            throw new InputException(picture.Problem!);
        }

        string path = await Weights.ResolveAsync(parsed.GetValue(Model), cancellation).ConfigureAwait(false);
        return new OpenPicture(file, image, picture.Milliseconds, Detector.Load(path, new DetectorOptions { Size = size, MaximumSize = maximum, Threads = threads }));
    }
}
