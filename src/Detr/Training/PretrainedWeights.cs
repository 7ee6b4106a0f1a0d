using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Training;

/// <summary>Begins a model with what fits of another's weights.</summary>
/// <param name="Kept">Names of tensors that were taken over, whole or in part.</param>
/// <param name="Dropped">Names of tensors that the new model lacks or has in another shape.</param>
/// <param name="Missing">Names of the new model's tensors that keep what they have.</param>
/// <param name="KnownClasses">Names of the new model's classes that the other one knew, and that begin with what it knew of them.</param>
/// <param name="NewQueries">Object queries that the other model lacks, and that keep what they have.</param>
public sealed record PretrainedWeights(
    IReadOnlyList<string> Kept, IReadOnlyList<string> Dropped, IReadOnlyList<string> Missing, IReadOnlyList<string> KnownClasses, int NewQueries)
{
    private const string ClassHead = "class_embed.";
    private const string ClassTable = "label_enc.";

    private static readonly string[] Queries = ["query_embed.weight", "refpoint_embed.weight", "tgt_embed.weight"];

    /// <summary>
    /// Copies weights by name and shape. Of query embeddings the first ones are taken where their number differs; of the class
    /// head the rows of those classes that both models know by name, and the row of no-object where there is one.
    /// </summary>
    /// <param name="source">The model to take from.</param>
    /// <param name="sourceCategories">What its classes are called.</param>
    /// <param name="target">The model to begin.</param>
    /// <param name="targetCategories">What its classes are called.</param>
    public static PretrainedWeights Copy(DetrModel source, IReadOnlyList<Category> sourceCategories, DetrModel target, IReadOnlyList<Category> targetCategories)
    {
        List<string> kept = [], missing = [];
        (int From, int To)[] classes = [.. Known(sourceCategories, targetCategories)];
        int newQueries = 0;
        foreach (Parameter parameter in target.Parameters)
        {
            string name = NameIn(source, target, parameter.Name);
            Parameter? from = source.Parameters.Contains(name) ? source.Parameters[name] : null;
            if (from is null || !from.Shape.Skip(1).SequenceEqual(parameter.Shape.Skip(1)))
            {
                missing.Add(parameter.Name);
                continue;
            }

            (int From, int To)[] rows = [.. Enumerable.Range(0, parameter.Shape[0]).Select(row => (row, row))];
            if (SaysWhetherThereIsAnObject(parameter.Name, target.Options))
            {
                rows = [(0, 0)];
            }
            else if (parameter.Name.Contains(ClassHead, StringComparison.Ordinal) || parameter.Name.Contains(ClassTable, StringComparison.Ordinal))
            {
                bool hasNone = parameter.Shape[0] > target.Options.Classes && from.Shape[0] > source.Options.Classes;
                rows = classes.Length == 0 ? [] : hasNone ? [.. classes, (source.Options.Classes, target.Options.Classes)] : classes;
            }
            else if (Array.Exists(Queries, queries => parameter.Name.EndsWith(queries, StringComparison.Ordinal)))
            {
                rows = rows[..Math.Min(rows.Length, from.Shape[0])];
                newQueries = parameter.Shape[0] - rows.Length;
            }
            else if (from.Shape[0] != parameter.Shape[0])
            {
                rows = [];
            }

            CopyRows(from, parameter, rows);
            (rows.Length > 0 ? kept : missing).Add(parameter.Name);
        }

        return new PretrainedWeights(
            kept, [.. source.Parameters.Select(parameter => NameIn(target, source, parameter.Name)).Except(kept, StringComparer.Ordinal)], missing,
            [.. classes.Select(pair => targetCategories[pair.To].Name)], newQueries);
    }

    /// <summary>Deformable DETR's proposals have a class head of their own, whose first class stands for all.</summary>
    private static bool SaysWhetherThereIsAnObject(string name, DetrOptions options)
        => options is { Variant: DetrVariant.DeformableDetr, Deformable.TwoStage: true } && name.Contains(FormattableString.Invariant($"{ClassHead}{options.Transformer.DecoderLayers}."), StringComparison.Ordinal);

    /// <summary>What a parameter is called in another model: a mask head changes the names of the detector beneath it.</summary>
    private static string NameIn(DetrModel model, DetrModel owner, string name)
        => name.StartsWith(owner.Prefix, StringComparison.Ordinal) && !MaskHead.Owns(name) ? model.Prefix + name[owner.Prefix.Length..] : name;

    private static IEnumerable<(int From, int To)> Known(IReadOnlyList<Category> source, IReadOnlyList<Category> target)
        => from to in Enumerable.Range(0, target.Count)
           let match = Enumerable.Range(0, source.Count).FirstOrDefault(index => source[index].Name.Equals(target[to].Name, StringComparison.OrdinalIgnoreCase), -1)
           where match >= 0
           select (match, to);

    private static void CopyRows(Parameter from, Parameter to, (int From, int To)[] rows)
    {
        int columns = to.Length / to.Shape[0];
        float[] values = to.ToArray();
        foreach ((int source, int target) in rows)
        {
            from.AsSpan().Slice(source * columns, columns).CopyTo(values.AsSpan(target * columns));
        }

        to.Write(values);
    }
}
