namespace Detr.Cli;

/// <summary>The user's input is at fault; the message says what, where, and what to do.</summary>
internal sealed class InputException(string message) : Exception(message);
