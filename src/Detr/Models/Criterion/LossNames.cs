namespace Detr.Models;

/// <summary>What a set of predictions' losses are called in logs: the reference's names, between what tells the set.</summary>
/// <param name="Prefix">What stands before the name.</param>
/// <param name="Suffix">What stands after it.</param>
internal readonly record struct LossNames(string Prefix, string Suffix)
{
    /// <summary>A loss's name for this set.</summary>
    /// <param name="loss">Its name, such as <c>loss_ce</c>.</param>
    internal string Of(string loss) => $"{Prefix}{loss}{Suffix}";
}
