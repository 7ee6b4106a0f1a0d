namespace Detr.Models;

/// <summary>
/// Tensors that stand several times in files of the detectors after DETR: their programs save a head that decoder layers share, or
/// that decoder and model share, under the name of each. A model here has it once, under the name that comes first there.
/// </summary>
internal static class SharedTensors
{
    private const string BoxHead = "bbox_embed", ClassHead = "class_embed", Decoder = "transformer.decoder.";

    /// <summary>A file's tensors, each once, by the name that the model has for it.</summary>
    /// <typeparam name="T">What stands for a tensor.</typeparam>
    /// <param name="options">The model's shape.</param>
    /// <param name="tensors">The file's tensors by name.</param>
    internal static Dictionary<string, T> Once<T>(DetrOptions options, IReadOnlyDictionary<string, T> tensors)
    {
        (string Alias, string Name)[] heads = [.. Heads(options)];
        Dictionary<string, T> once = new(StringComparer.Ordinal);
        foreach ((string name, T tensor) in tensors)
        {
            (string alias, string own) = Array.Find(heads, head => name.StartsWith(head.Alias, StringComparison.Ordinal));
            if (alias is null)
            {
                once[name] = tensor;
            }
            else
            {
                once.TryAdd(own + name[alias.Length..], tensor);
            }
        }

        return once;
    }

    /// <summary>All names that files have for a model's tensor, the model's own first.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="name">The model's name for it.</param>
    internal static IEnumerable<string> Names(DetrOptions options, string name)
        => Heads(options).Where(head => name.StartsWith(head.Name, StringComparison.Ordinal)).Select(head => head.Alias + name[head.Name.Length..]).Prepend(name);

    /// <summary>What the names of heads begin with that are saved more than once, and what the model's own names for them do.</summary>
    private static IEnumerable<(string Alias, string Name)> Heads(DetrOptions options) => options.Variant switch
    {
        DetrVariant.DabDetr or DetrVariant.DnDetr => [($"{BoxHead}.", $"{Decoder}{BoxHead}.")],
        DetrVariant.DeformableDetr => Deformable(options.Transformer.DecoderLayers, options.Deformable),
        DetrVariant.Dino =>
            from head in (string[])[BoxHead, ClassHead]
            from layer in Enumerable.Range(0, options.Transformer.DecoderLayers)
            from place in (string[])["", Decoder]
            where layer > 0 || place.Length == 0
            select ($"{place}{head}.{layer}.", $"{Decoder}{head}.0."),
        _ => [],
    };

    private static IEnumerable<(string Alias, string Name)> Deformable(int layers, DeformableOptions options) => options switch
    {
        { TwoStage: true } => InDecoder(BoxHead, layers + 1).Concat(InDecoder(ClassHead, layers + 1)),
        { BoxRefinement: true } => InDecoder(BoxHead, layers),
        _ => from head in (string[])[BoxHead, ClassHead] from layer in Enumerable.Range(1, layers - 1) select ($"{head}.{layer}.", $"{head}.0."),
    };

    private static IEnumerable<(string Alias, string Name)> InDecoder(string head, int layers)
        => Enumerable.Range(0, layers).Select(layer => ($"{head}.{layer}.", $"{Decoder}{head}.{layer}."));
}
