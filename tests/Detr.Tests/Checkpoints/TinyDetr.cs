using Detr.Models;
using Detr.Tensors;
using Detr.Tensors.Tests.Checkpoints;
using Detr.Tests.Golden;

namespace Detr.Tests.Checkpoints;

/// <summary>Detectors of every sort that are small enough to be written to a file in each test.</summary>
internal static class TinyDetr
{
    internal static readonly DetrOptions PostNorm = new()
    {
        Backbone = new BackboneOptions { Blocks = [1, 2, 1, 1], Width = 4 },
        Transformer = new TransformerOptions { Channels = 64, Heads = 2, EncoderLayers = 2, DecoderLayers = 3, FeedForward = 48 },
        Queries = 7,
    };

    internal static readonly DetrOptions PreNorm = new()
    {
        Backbone = new BackboneOptions { Blocks = [1, 1, 2, 1], Bottleneck = false, Width = 8 },
        Transformer = new TransformerOptions { Channels = 32, Heads = 1, EncoderLayers = 1, DecoderLayers = 2, FeedForward = 40, PreNorm = true },
        PositionEmbedding = PositionEmbedding.Learned,
        Queries = 5,
        Classes = 3,
    };

    internal static DetrModel Create(DetrOptions options)
    {
        DetrModel model = new(options);
        NumbersFromNames.Fill(model.Parameters);
        return model;
    }

    internal static Dictionary<string, Tensor> Tensors(DetrModel model)
        => model.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter, StringComparer.Ordinal);

    /// <summary>Logits and boxes of all layers for a padded batch of two, and masks of both images where the model makes them.</summary>
    internal static float[] Outputs(DetrModel model)
    {
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        bool[] padded = [.. Enumerable.Range(0, 2 * 64 * 96).Select(i => i >= 64 * 96 && i % 96 >= 70)];
        float[] pixels = [.. NumbersFromNames.Image("input/a", 3, 64, 96), .. NumbersFromNames.Image("input/b", 3, 64, 96)];
        DetrOutput output = model.Forward(context, context.Upload([2, 3, 64, 96], pixels), new PaddingMask(2, 64, 96, padded), auxiliary: AuxiliaryOutputs.Decoder | AuxiliaryOutputs.Masks);
        IEnumerable<float> masks = model.MaskHead is { } head ? Enumerable.Range(0, 2).SelectMany(image => head.Forward(context, output.Masks!, image, [3, 0, 4]).ToArray()) : [];
        return [.. output.Auxiliary.Append(output).SelectMany(layer => (float[])[.. layer.Logits.AsSpan(), .. layer.Boxes.AsSpan()]), .. masks];
    }

    /// <summary>Writes a training checkpoint as torch.save does: the model's tensors, views of one storage, and the arguments.</summary>
    internal static void WritePth(string path, DetrModel model, bool legacy, Action<PickleBuilder>? arguments)
    {
        PickleBuilder pickle = new PickleBuilder().Raw("}(").Text("model").Global("collections", "OrderedDict").Raw(")R(");
        long stored = model.Parameters.Sum(parameter => (long)parameter.Length);
        List<float> numbers = [];
        foreach (Parameter parameter in model.Parameters)
        {
            long[] shape = [.. parameter.Shape.Select(axis => (long)axis)], strides = new long[shape.Length];
            long stride = 1;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                (strides[axis], stride) = (stride, stride * shape[axis]);
            }

            pickle.Text(parameter.Name).Tensor(stored, numbers.Count, shape, strides);
            numbers.AddRange(parameter.AsSpan());
        }

        pickle.Raw("u").Text("epoch").Integer(299);
        if (arguments is not null)
        {
            pickle.Text("args").Global("argparse", "Namespace").Raw(")").Raw(0x81).Raw("}(");
            arguments(pickle);
            pickle.Raw("ub");
        }

        byte[] bytes = pickle.Raw("u.").ToArray();
        if (legacy)
        {
            PickleBuilder.WriteLegacy(path, bytes, [.. numbers]);
        }
        else
        {
            PickleBuilder.WriteZip(path, bytes, [.. numbers]);
        }
    }
}
