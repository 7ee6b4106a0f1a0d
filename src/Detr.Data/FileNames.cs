namespace Detr.Data;

/// <summary>Names of files that come from annotations, which anybody may have written.</summary>
internal static class FileNames
{
    /// <summary>Whether a name stays in the folder that it is put together with.</summary>
    internal static bool IsInside(string? name) => name is { Length: > 0 } && !Path.IsPathRooted(name) && !name.Split('/', '\\').Contains("..");
}
