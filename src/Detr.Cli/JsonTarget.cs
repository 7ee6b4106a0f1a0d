using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Detr.Tensors.Checkpoints;

namespace Detr.Cli;

/// <summary>Where <c>--json</c> sends a result.</summary>
internal static class JsonTarget
{
    /// <summary>The name of standard output.</summary>
    internal const string StandardOutput = "-";

    internal static Option<string?> CreateOption() => new("--json")
    {
        HelpName = "FILE",
        Description = "Writes the result as JSON to this file; - for standard output, where then nothing else is printed.",
    };

    /// <summary>Makes the file's folder before long work begins, so that nothing is lost at its end.</summary>
    /// <exception cref="InputException">It is a folder.</exception>
    internal static void Prepare(string? target)
    {
        if (target is not (null or StandardOutput))
        {
            if (Directory.Exists(target))
            {
                throw new InputException($"--json {target} is a folder; name a file, or - for standard output.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        }
    }

    /// <summary>Writes a result. A file appears whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is untouched.</exception>
    internal static void Write(string target, Action<Utf8JsonWriter> write)
    {
        if (target != StandardOutput)
        {
            AtomicFile.Write(target, stream => Write(stream, write));
            return;
        }

        using Stream stream = Console.OpenStandardOutput();
        Write(stream, write);
    }

    /// <summary>Writes JSON as all commands do.</summary>
    internal static void Write(Stream stream, Action<Utf8JsonWriter> write)
    {
        // The text goes to no web page, so that names in any script may stand as they are.
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        stream.WriteByte((byte)'\n');
    }
}
