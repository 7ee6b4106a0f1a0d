namespace Detr.Kernels;

/// <summary>Where a head's channels begin: in the tokens of queries, from one of them on, and in those of keys and values.</summary>
internal readonly struct HeadPlace
{
    /// <summary>Finds a head of a sequence.</summary>
    /// <param name="shape">The attention's sizes.</param>
    /// <param name="sequence">Batch · heads + head.</param>
    /// <param name="firstQuery">The first query.</param>
    internal HeadPlace(in AttentionShape shape, int sequence, int firstQuery = 0)
    {
        (Batch, Head) = Math.DivRem(sequence, shape.Heads);
        int channel = Head * shape.HeadSize;
        Query = ((((nint)Batch * shape.Queries) + firstQuery) * shape.Channels) + channel;
        Key = ((nint)Batch * shape.Keys * shape.Channels) + channel;
    }

    internal int Batch { get; }

    internal int Head { get; }

    internal nint Query { get; }

    internal nint Key { get; }
}
