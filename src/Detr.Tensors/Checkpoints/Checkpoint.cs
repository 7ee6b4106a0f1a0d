namespace Detr.Tensors.Checkpoints;

/// <summary>A file of named tensors: .safetensors, or what PyTorch's <c>torch.save</c> writes.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly CheckpointFile _file;

    internal Checkpoint(CheckpointFile file, IReadOnlyDictionary<string, CheckpointTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        _file = file;
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The tensors by name. Of a training checkpoint these are the model's.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>
    /// What the file says about itself. Of a training checkpoint of PyTorch these are its numbers, texts and truth values, and
    /// those of its arguments, such as <c>epoch</c> and <c>args.nheads</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The optimizer's state, where the file is a training checkpoint of PyTorch with one of Adam or AdamW.</summary>
    public OptimizerMoments? Optimizer { get; internal init; }

    /// <summary>Reads what a file holds; the tensors' numbers are read when asked for, from the file that was opened.</summary>
    /// <param name="path">A .safetensors file, or a .pth file of either of PyTorch's formats; told apart by their contents.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not a checkpoint, is damaged, or asks for more than tensors and plain values; nothing in a file is ever run.
    /// </exception>
    public static Checkpoint Open(string path)
    {
        CheckpointFile file = new(path);
        try
        {
            Span<byte> start = stackalloc byte[9];
            start = start[..(int)Math.Min(start.Length, file.Length)];
            file.Read(0, start);
            return start switch
            {
                [] => throw file.Bad("is empty"),

                // Eight bytes of length may begin like anything, so this comes first; neither of the others has a brace here.
                [_, _, _, _, _, _, _, _, (byte)'{'] => SafetensorsReader.Open(file),
                [(byte)'P', (byte)'K', ..] => PyTorchZipReader.Open(file),
                [0x80, ..] => PyTorchLegacyReader.Open(file),
                _ => throw file.Bad("is not a checkpoint", "use a .safetensors or .pth file"),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file; tensors can no longer be read.</summary>
    public void Dispose() => _file.Dispose();
}
