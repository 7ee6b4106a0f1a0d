using Detr.Tensors.Checkpoints;

namespace Detr.Models;

/// <summary>The tensors of a detector in a file that another program wrote, and of the mask head on it, if there is one.</summary>
/// <param name="Tensors">The tensors by the reference's names, a detector's always as if it had no mask head.</param>
/// <param name="IsHuggingFace">Whether the file has the names of Hugging Face's Transformers.</param>
internal sealed record ForeignWeights(IReadOnlyDictionary<string, WeightTensor> Tensors, bool IsHuggingFace)
{
    // Every detector has one of them.
    private static readonly string[] Landmarks = ["query_embed.weight", "refpoint_embed.weight", "transformer.level_embed"];

    private static readonly string[] MaskHead = ["bbox_attention.", "mask_head."];

    /// <summary>Takes off whatever stands before all names (<c>detr.</c> in panoptic models, <c>module.</c> after parallel training), and translates.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <exception cref="InvalidDataException">Two tensors have the same name then.</exception>
    internal static ForeignWeights Of(string path, IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        bool huggingFace = Prefix(tensors.Keys, HuggingFaceNames.Queries) is not null;
        string prefix = (huggingFace ? [HuggingFaceNames.Queries] : Landmarks).Select(known => Prefix(tensors.Keys, known)).FirstOrDefault(found => found is not null) ?? string.Empty;
        Dictionary<string, CheckpointTensor> detector = new(StringComparer.Ordinal);
        foreach ((string name, CheckpointTensor tensor) in tensors)
        {
            string bare = Bare(name);
            if (!detector.TryAdd(bare, tensor))
            {
                throw new InvalidDataException($"{path} holds both {bare} and {prefix}{bare}; save the detector's tensors alone.");
            }
        }

        return new ForeignWeights(huggingFace ? HuggingFaceNames.Translate(path, detector) : WeightTensor.Whole(detector), huggingFace);

        string Bare(string name)
        {
            int head = MaskHead.Select(part => $".{name}".IndexOf($".{part}", StringComparison.Ordinal)).Max();
            return head >= 0 ? name[head..] : name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        }
    }

    /// <summary>The tensors by the names that a model gives them.</summary>
    /// <param name="prefix">What stands before its detector's names; see <see cref="DetrModel.Prefix"/>.</param>
    internal Dictionary<string, WeightTensor> Named(string prefix) => Tensors.ToDictionary(
        pair => Models.MaskHead.Owns(pair.Key) ? pair.Key : prefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>What stands before a name that every detector has; null where no tensor has it.</summary>
    private static string? Prefix(IEnumerable<string> names, string known)
        => names.FirstOrDefault(name => name.EndsWith(known, StringComparison.Ordinal) && (name.Length == known.Length || name[^(known.Length + 1)] == '.'))?[..^known.Length];
}
