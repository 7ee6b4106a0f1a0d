using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Detr.Explain;
using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Checkpoints;

namespace Detr.Studies;

/// <summary>The scenes that were judged so far, a line each, so that a study which was stopped goes on where it stood.</summary>
internal sealed partial class JudgedSceneFile
{
    private readonly string _path;
    private readonly List<JudgedScene> _scenes = [];

    /// <summary>Opens a file, or begins one.</summary>
    /// <param name="path">The file; what it holds of another subject, or was cut off, is dropped.</param>
    /// <param name="subject">What decides the numbers: the model, the methods, the scenes' size.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    internal JudgedSceneFile(string path, string subject)
    {
        _path = path;
        string head = JsonSerializer.Serialize(subject, JudgedSceneJson.Default.String), text = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        string[] lines = text.Split('\n')[..^1];
        if (lines.Length > 0 && lines[0] == head)
        {
            _scenes.AddRange(lines.Skip(1).Select(Read).TakeWhile((scene, place) => scene?.Index == place)!);
        }

        string kept = string.Concat(lines.Skip(1).Take(_scenes.Count).Prepend(head).Select(line => $"{line}\n"));
        if (kept != text)
        {
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(kept)));
        }
    }

    /// <summary>The scenes, from the first.</summary>
    internal IReadOnlyList<JudgedScene> Scenes => _scenes;

    /// <summary>All that decides the numbers of a scene: the model, its scenes' size, the methods, and after how many cells one looks.</summary>
    internal static string Subject(DetrModel model, SceneJudge judge)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in model.Parameters)
        {
            hash.AppendData(MemoryMarshal.AsBytes(parameter.AsSpan()));
        }

        return FormattableString.Invariant(
            $"weights {Convert.ToHexString(hash.GetHashAndReset())}, size {model.Options.Size}, {string.Join(", ", judge.Names)}, cells {string.Join(", ", judge.Perturbation.Counts ?? [])}");
    }

    /// <summary>Adds the next scene.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Add(JudgedScene scene)
    {
        File.AppendAllText(_path, $"{JsonSerializer.Serialize(scene, JudgedSceneJson.Default.JudgedScene)}\n");
        _scenes.Add(scene);
    }

    private static JudgedScene? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JudgedSceneJson.Default.JudgedScene);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(JudgedScene))]
    [JsonSerializable(typeof(string))]
    private sealed partial class JudgedSceneJson : JsonSerializerContext;
}
