namespace Detr.Tensors.Checkpoints;

/// <summary>A file of named tensors.</summary>
public sealed class Checkpoint
{
    internal Checkpoint(IReadOnlyDictionary<string, CheckpointTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>What the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads what a file holds; the tensors' numbers are read when asked for.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, or is damaged.</exception>
    public static Checkpoint Open(string path) => SafetensorsReader.Open(path);
}
