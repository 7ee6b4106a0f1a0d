using System.Text;
using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>
/// Weights, images and targets computed from names, so that the reference and these tests work with the same 41 million
/// numbers without a file: FNV-1a of the name seeds SplitMix64.
/// </summary>
internal static class NumbersFromNames
{
    internal static double Number(ulong seed, long index)
    {
        ulong z = seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (2 * ((z >> 40) / (double)(1 << 24))) - 1;
    }

    internal static ulong Seed(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return hash;
    }

    internal static void Fill(ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.Write(Values(parameter.Name, parameter.Shape));
        }
    }

    internal static float[] Values(string name, Shape shape)
    {
        string[] parts = name.Split('.');
        string leaf = parts[^1], owner = parts.Length > 1 ? parts[^2] : string.Empty;
        bool oneDimension = shape.Rank == 1;
        bool batchNorm = owner.StartsWith("bn", StringComparison.Ordinal) || (owner == "1" && parts.Contains("downsample"));
        (double, double)? range = (leaf, oneDimension) switch
        {
            _ when owner == "activation" => (0.25, 0.1),
            ("bias", _) when owner == "sampling_offsets" => (0, 4),
            ("bias", _) when owner == "enc_output" => (0, 0.001),
            _ when owner == "refpoint_embed" => (0, 2),
            _ when owner is "label_enc" or "tgt_embed" or "patterns" || leaf == "level_embed" => (0, 1),
            ("running_var", _) => (1, 0.5),
            ("running_mean", _) => (0, 0.1),
            ("weight", true) => (batchNorm ? 0.7 : 1, 0.1),
            ("in_proj_bias", _) => (0, 0.02),
            (_, true) => (0, 0.1),
            _ when owner is "query_embed" or "row_embed" or "col_embed" || leaf is "query_pos" or "row_embed" or "col_embed" => (0, 1),
            _ => null,
        };
        bool gained = range is null;
        (double offset, double factor) = range ?? (0, Math.Sqrt(3.0 / (shape.Length / shape[0])));
        double gain = gained ? Gain(name, parts, leaf, owner) : 1;
        ulong seed = Seed(name);
        float[] values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double g = leaf == "in_proj_weight" ? (i < shape.Length / 3 * 2 ? 6 : 0.5) : gain;
            values[i] = (float)(gained ? g * Number(seed, i) * factor : offset + (factor * Number(seed, i)));
        }

        return values;
    }

    internal static float[] Image(string name, int channels, int height, int width)
    {
        float[] image = new float[channels * height * width];
        ulong seed = Seed(name);
        for (int k = 0; k < channels; k++)
        {
            ulong block = Seed($"{name}/block{k}");
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int i = (((k * height) + y) * width) + x;
                    image[i] = (float)((2 * Number(block, (y / 32 * 64) + (x / 32))) + (0.5 * Number(seed, i)));
                }
            }
        }

        return image;
    }

    internal static (float[] Pixels, PaddingMask Mask) Batch2()
    {
        float[] pixels = new float[2 * 3 * 256 * 320];
        bool[] padded = new bool[2 * 256 * 320];
        padded.AsSpan().Fill(true);
        Put(Image("input/a", 3, 224, 320), 0, 224, 320);
        Put(Image("input/b", 3, 256, 288), 1, 256, 288);
        return (pixels, new PaddingMask(2, 256, 320, padded));

        void Put(float[] image, int index, int height, int width)
        {
            for (int y = 0; y < height; y++)
            {
                for (int k = 0; k < 3; k++)
                {
                    image.AsSpan(((k * height) + y) * width, width).CopyTo(pixels.AsSpan(((((index * 3) + k) * 256) + y) * 320));
                }

                padded.AsSpan((((index * 256) + y) * 320), width).Clear();
            }
        }
    }

    internal static BoxTargets[] Targets() =>
    [
        .. new[] { 3, 5 }.Select((count, image) =>
        {
            ulong boxes = Seed($"target/{image}/boxes"), labels = Seed($"target/{image}/labels");
            float[] values = new float[4 * count];
            for (int i = 0; i < values.Length; i++)
            {
                double u = (Number(boxes, i) + 1) / 2;
                values[i] = (float)(i % 4 < 2 ? 0.2 + (0.6 * u) : 0.05 + (0.3 * u));
            }

            return new BoxTargets([.. Enumerable.Range(0, count).Select(i => 1 + (int)Math.Floor((Number(labels, i) + 1) / 2 * 90))], values);
        }),
    ];

    private static double Gain(string name, string[] parts, string leaf, string owner)
    {
        if (owner == "out_proj")
        {
            return parts.Contains("cross_attn") ? 1 : 0.5;
        }

        if (name.EndsWith("input_proj.weight", StringComparison.Ordinal) || name == "conv.weight")
        {
            return 24;
        }

        if (name.Contains("decoder.bbox_embed", StringComparison.Ordinal) || parts.Contains("enc_out_bbox_embed"))
        {
            return name.Contains("layers.2", StringComparison.Ordinal) ? 0.25 : 1.5;
        }

        if (parts.Contains("bbox_embed"))
        {
            return 2;
        }

        return owner switch
        {
            _ when parts.Contains("class_embed") || parts.Contains("enc_out_class_embed") => 3,
            "reference_points" or "linear_class" or "linear_bbox" => 3,
            "ca_qcontent_proj" or "ca_kcontent_proj" => 2,
            _ when owner.StartsWith("ca_q", StringComparison.Ordinal) || owner.StartsWith("ca_k", StringComparison.Ordinal) => 12,
            _ when owner.StartsWith("sa_q", StringComparison.Ordinal) || owner.StartsWith("sa_k", StringComparison.Ordinal) => 6,
            "ca_v_proj" => 6,
            _ when parts.Contains("ref_point_head") || owner == "attention_weights" => 2,
            _ => 1,
        };
    }
}
