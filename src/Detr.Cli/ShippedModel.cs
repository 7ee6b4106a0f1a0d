namespace Detr.Cli;

/// <summary>The model of generated scenes that comes along.</summary>
internal static class ShippedModel
{
    /// <summary>Its file.</summary>
    internal static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Assets", "shapes.safetensors");
}
