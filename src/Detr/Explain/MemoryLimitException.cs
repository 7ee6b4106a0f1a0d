namespace Detr.Explain;

/// <summary>Attention maps would take more memory than was allowed; nothing was taken.</summary>
public sealed class MemoryLimitException : Exception
{
    private const double Mebibyte = 1 << 20;

    /// <summary>Makes the exception without a message of its own.</summary>
    public MemoryLimitException()
        : this("Attention maps would take more memory than is allowed.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What takes too much, and what to do.</param>
    public MemoryLimitException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What takes too much, and what to do.</param>
    /// <param name="innerException">What was met.</param>
    public MemoryLimitException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The bytes that would have been enough; 0 where nobody reckoned.</summary>
    public long RequiredBytes { get; private init; }

    internal static MemoryLimitException Of(string what, long bytes, long limit) => new(FormattableString.Invariant(
        $"{what} would take {bytes / Mebibyte:F1} MiB, more than the limit of {limit / Mebibyte:F1} MiB; give a smaller picture or allow more."))
    {
        RequiredBytes = bytes,
    };
}
