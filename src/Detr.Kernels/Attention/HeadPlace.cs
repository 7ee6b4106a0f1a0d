namespace Detr.Kernels;

/// <summary>Where a head's channels begin: in the tokens of queries and results, from one of them on, and in those of keys and values.</summary>
internal readonly struct HeadPlace
{
    /// <summary>Finds a head of a sequence.</summary>
    /// <param name="shape">The attention's sizes.</param>
    /// <param name="sequence">Batch · heads + head.</param>
    /// <param name="firstQuery">The first query.</param>
    internal HeadPlace(in AttentionShape shape, int sequence, int firstQuery = 0)
    {
        (Batch, Head) = Math.DivRem(sequence, shape.Heads);
        nint query = ((nint)Batch * shape.Queries) + firstQuery, key = (nint)Batch * shape.Keys;
        int channel = Head * shape.HeadSize, valueChannel = Head * shape.ValueSize;
        Query = (query * shape.Channels) + channel;
        Key = (key * shape.Channels) + channel;
        Value = (key * shape.ValueChannels) + valueChannel;
        Output = (query * shape.ValueChannels) + valueChannel;
    }

    internal int Batch { get; }

    internal int Head { get; }

    internal nint Query { get; }

    internal nint Key { get; }

    internal nint Value { get; }

    internal nint Output { get; }
}
