using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>The tensors of a detector in a file that another program wrote.</summary>
/// <param name="Tensors">The tensors by the reference's names.</param>
/// <param name="IsHuggingFace">Whether the file has the names of Hugging Face's Transformers.</param>
internal sealed record ForeignWeights(IReadOnlyDictionary<string, WeightTensor> Tensors, bool IsHuggingFace)
{
    private const string Queries = "query_embed.weight";

    // A panoptic model is a detector with these two beside it.
    private static readonly string[] MaskHead = [".bbox_attention.", ".mask_head."];

    /// <summary>Takes off whatever stands before all names (<c>detr.</c> in panoptic models, <c>module.</c> after parallel training), and translates.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <exception cref="InvalidDataException">Two tensors have the same name then.</exception>
    internal static ForeignWeights Of(string path, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        bool huggingFace = Prefix(tensors.Keys, HuggingFaceNames.Queries) is not null;
        string prefix = Prefix(tensors.Keys, huggingFace ? HuggingFaceNames.Queries : Queries) ?? string.Empty;
        Dictionary<string, CheckpointTensor> detector = new(StringComparer.Ordinal);
        foreach ((string name, CheckpointTensor tensor) in tensors)
        {
            string bare = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
            bool masks = Array.Exists(MaskHead, part => $".{name}".Contains(part, StringComparison.Ordinal));
            if (!masks && !detector.TryAdd(bare, tensor))
            {
                throw new InvalidDataException($"{path} holds both {bare} and {prefix}{bare}; save the detector's tensors alone.");
            }
        }

        return new ForeignWeights(huggingFace ? HuggingFaceNames.Translate(path, detector) : WeightTensor.Whole(detector), huggingFace);
    }

    /// <summary>What stands before a name that every detector has; null where no tensor has it.</summary>
    private static string? Prefix(IEnumerable<string> names, string known)
        => names.FirstOrDefault(name => name.EndsWith(known, StringComparison.Ordinal) && (name.Length == known.Length || name[^(known.Length + 1)] == '.'))?[..^known.Length];
}
