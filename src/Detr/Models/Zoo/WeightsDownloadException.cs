namespace Detr.Models;

/// <summary>Published weights did not come; the message says why, and what to do instead.</summary>
public sealed class WeightsDownloadException : IOException
{
    /// <summary>Makes the exception without a message of its own.</summary>
    public WeightsDownloadException()
        : this("Weights cannot be downloaded.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why, and what to do.</param>
    public WeightsDownloadException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why, and what to do.</param>
    /// <param name="innerException">What was met.</param>
    public WeightsDownloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
