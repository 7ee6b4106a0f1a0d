namespace Detr.Explain;

/// <summary>A way to say which cells of the image speak for what an object query predicts.</summary>
public interface IRelevanceMethod
{
    /// <summary>What the method is called, in commands and files.</summary>
    string Name { get; }

    /// <summary>How it makes one map of an attention's heads; that decides which backward passes are needed.</summary>
    HeadFusion Fusion { get; }

    /// <summary>Whether it reads every attention, or the last decoder layer's cross-attention alone.</summary>
    bool ReadsAllLayers { get; }

    /// <summary>The map of a query.</summary>
    /// <param name="attention">The attentions that it reads.</param>
    /// <param name="query">The object query.</param>
    /// <returns>[cells].</returns>
    float[] Map(FusedAttention attention, int query);
}
