using System.Globalization;

namespace Detr.Tensors.Checkpoints;

/// <summary>What the object in a PyTorch file means: which of its dictionaries holds the model, and which views its tensors are.</summary>
internal static class PyTorchContents
{
    // A hundred times what the largest of the family has; a pickle can name one tensor over and over in a few bytes.
    private const int MostTensors = 1 << 17;

    // The reference's training checkpoints and its published models; other programs' training checkpoints.
    private static readonly string[] ModelKeys = ["model", "state_dict", "model_state_dict"];

    /// <summary>Makes the checkpoint.</summary>
    /// <param name="file">The file.</param>
    /// <param name="root">The object.</param>
    /// <param name="place">Where a storage's bytes begin in the file, and how many there are.</param>
    /// <exception cref="InvalidDataException">The object has no dictionary of tensors, or a tensor does not lie in its storage.</exception>
    internal static Checkpoint ToCheckpoint(CheckpointFile file, object? root, Func<PickledStorage, (long Position, long Length)> place)
    {
        if (root is not PickledDictionary whole)
        {
            throw file.Bad("holds no dictionary of tensors", "save the model's state_dict");
        }

        PickledDictionary model = ModelKeys.Select(key => whole[key]).OfType<PickledDictionary>().FirstOrDefault() ?? whole;
        Dictionary<string, CheckpointTensor> tensors = new(StringComparer.Ordinal);
        foreach ((object? key, object? value) in model.Entries)
        {
            if (value is PickledTensor tensor)
            {
                string name = key as string ?? throw file.Bad("has a tensor whose name is not a text", "save the model's state_dict");
                if (!tensors.TryAdd(name, ToTensor(file, name, tensor, place(tensor.Storage))))
                {
                    throw file.Bad($"holds {name} twice");
                }

                if (tensors.Count > MostTensors)
                {
                    throw file.Bad("names more tensors than a model has");
                }
            }
        }

        return tensors.Count > 0 ? new Checkpoint(file, tensors, Metadata(whole)) { Optimizer = PyTorchOptimizer.Of(whole, Placed) } : throw file.Bad("holds no tensors by name", "save the model's state_dict");

        CheckpointTensor Placed(string name, PickledTensor tensor) => ToTensor(file, name, tensor, place(tensor.Storage));
    }

    private static CheckpointTensor ToTensor(CheckpointFile file, string name, PickledTensor tensor, (long Position, long Length) place)
    {
        (PickledStorage storage, long offset, long[] shape, long[] strides) = tensor;
        int size = storage.Type.Bytes();
        if (shape.Length != strides.Length || offset < 0 || Array.Exists(strides, stride => stride < 0))
        {
            throw file.Bad($"describes {name} wrongly");
        }

        // A view may repeat numbers by strides of zero, so its size is held against the file, not the storage alone.
        long most = Math.Min(Array.MaxLength / size, file.Length);
        Int128 elements = 1;
        foreach (long axis in shape)
        {
            elements = axis is < 0 or > int.MaxValue ? throw file.Bad($"describes {name} wrongly") : Int128.Min(elements * axis, long.MaxValue);
        }

        if (elements > most)
        {
            throw file.Bad($"gives {name} the shape [{string.Join(", ", shape)}], which is more than it can hold");
        }

        int[] axes = Array.ConvertAll(shape, axis => (int)axis);
        Int128 extent = elements == 0 ? 0 : CheckpointTensor.Extent(axes, strides);
        if (storage.Length < 0 || (Int128)storage.Length * size > place.Length || offset + extent > storage.Length)
        {
            throw file.Bad($"is damaged: {name} reaches past the end of its storage");
        }

        if (extent > Array.MaxLength / size)
        {
            throw file.Bad($"spreads {name} over {extent} elements", "make it contiguous and save it again");
        }

        return new CheckpointTensor(file, name, storage.Type, axes, place.Position + (offset * size), IsContiguous(axes, strides) ? null : strides);
    }

    private static bool IsContiguous(int[] shape, long[] strides)
    {
        long expected = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] > 1 && strides[axis] != expected)
            {
                return false;
            }

            expected *= shape[axis];
        }

        return true;
    }

    private static Dictionary<string, string> Metadata(PickledDictionary root)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        Add(root, string.Empty);
        if (((root["args"] as PickledObject)?.State ?? root["args"]) is PickledDictionary arguments)
        {
            Add(arguments, "args.");
        }

        return metadata;

        void Add(PickledDictionary values, string prefix)
        {
            foreach ((object? key, object? value) in values.Entries)
            {
                string? text = value switch
                {
                    string or long => Convert.ToString(value, CultureInfo.InvariantCulture),
                    double number => number.ToString("R", CultureInfo.InvariantCulture),
                    true => "true",
                    false => "false",
                    _ => null,
                };
                if (key is string name && text is not null)
                {
                    metadata[prefix + name] = text;
                }
            }
        }
    }
}
