using System.Globalization;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests.Golden;

/// <summary>The detectors after DETR against their references' outputs on a padded batch of two.</summary>
public sealed class FamilyGoldenTests : IDisposable
{
    // In double precision the references themselves are up to 8e-4 (logits) and 6e-5 (boxes) away.
    private const double LogitTolerance = 3e-3;
    private const double BoxTolerance = 2e-4;

    private const int Answers = 100;
    private const int Spare = 10;

    private readonly CpuBackend _backend = new(2);

    public static TheoryData<string, int> Models => new()
    {
        { "conditional_detr_resnet50", 43_418_401 },
        { "dab_detr_resnet50", 43_671_517 },
        { "dab_detr_resnet50_3patterns", 43_672_285 },
        { "dn_detr_resnet50", 43_694_977 },
        { "deformable_detr_resnet50", 40_069_665 },
        { "deformable_detr_resnet50_refine", 40_849_660 },
        { "deformable_detr_resnet50_two_stage", 41_181_529 },
        { "dino_4scale_resnet50", 46_893_182 },
    };

    public void Dispose() => _backend.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_match_the_reference(string file, int parameters)
    {
        GoldenFile golden = new(file);
        DetrModel model = new(FamilyModels.Options(file));
        Assert.Equal(parameters, model.Parameters.Where(parameter => !parameter.IsBuffer).Sum(parameter => parameter.Length));
        NumbersFromNames.Fill(model.Parameters);
        (float[] pixels, PaddingMask mask) = NumbersFromNames.Batch2();
        ForwardContext context = new(_backend);
        using Scope scope = context.Scope();

        ImageTokens memory = model.Encode(context, model.Tokenize(context, context.Upload([2, 3, 256, 320], pixels), mask));
        DetrOutput output = model.Decode(context, FamilyModels.WithProposals(golden, memory), AuxiliaryOutputs.Decoder);

        AssertClose(golden, "memory", WithoutPadding(memory), LogitTolerance);
        AssertClose(golden, "pred_logits", output.Logits.ToArray(), LogitTolerance);
        AssertClose(golden, "pred_boxes", output.Boxes.ToArray(), BoxTolerance);
        Assert.Equal(5, output.Auxiliary.Count);
        for (int i = 0; i < 5; i++)
        {
            AssertClose(golden, $"aux_outputs.{i}.pred_logits", output.Auxiliary[i].Logits.ToArray(), LogitTolerance);
            if (golden.Keys.Contains($"aux_outputs.{i}.pred_boxes"))
            {
                AssertClose(golden, $"aux_outputs.{i}.pred_boxes", output.Auxiliary[i].Boxes.ToArray(), BoxTolerance);
            }
        }

        if (output.Proposals is { } proposals)
        {
            // All cells of two-stage Deformable DETR; of DINO the chosen ones, best first.
            string of = model.Options.Variant == DetrVariant.Dino ? "interm_outputs" : "enc_outputs";
            AssertClose(golden, $"{of}.pred_logits", proposals.Logits.ToArray(), LogitTolerance);
            AssertClose(golden, $"{of}.pred_boxes", proposals.Boxes.ToArray(), BoxTolerance);
            AssertClose(golden, "proposals.scores", Scores(model.Decode(context, memory).Proposals!, model.Options), LogitTolerance);
        }

        AssertDetections(golden, 0, PostProcess.Largest(output, 0, 640, 480, [], Answers + Spare));
        AssertDetections(golden, 1, PostProcess.Largest(output, 1, 640, 427, [], Answers + Spare));
    }

    /// <summary>The scores of the proposals that queries begin at, best first: of the first class, or in DINO of the surest.</summary>
    private static float[] Scores(DetrOutput proposals, DetrOptions options)
    {
        float[] scores = [.. proposals.Logits.ToArray().Chunk(options.Classes).Select(logits => options.Variant == DetrVariant.Dino ? logits.Max() : logits[0])];
        return [.. scores.Chunk(proposals.Logits.Shape[1]).SelectMany(image => image.OrderDescending().Take(options.Queries))];
    }

    /// <summary>The surest answers, whose scores differ by little more than rounding, so that neighbours may change places.</summary>
    private static void AssertDetections(GoldenFile golden, int image, Detection[] detections)
    {
        float[] scores = golden.Floats($"postprocess.{image}.scores"), boxes = golden.Floats($"postprocess.{image}.boxes");
        double[] labels = golden.Doubles($"postprocess.{image}.labels");
        Assert.Equal(Answers, scores.Length);
        for (int i = 0; i < Answers; i++)
        {
            Assert.Equal(scores[i], detections[i].Score, 1e-5f);
            float[] box = boxes[(4 * i)..(4 * (i + 1))];
            Assert.Contains(detections, found => found.LabelId == (int)labels[i] && Largest(found, box) <= 2 * 640 * BoxTolerance);
        }

        static float Largest(Detection found, float[] box)
            => new[] { found.X0 - box[0], found.Y0 - box[1], found.X1 - box[2], found.Y1 - box[3] }.Max(Math.Abs);
    }

    /// <summary>Single elements within a bound, their mean within a fifth of it; the file may hold every so many elements alone.</summary>
    private static void AssertClose(GoldenFile golden, string key, float[] values, double tolerance)
    {
        const string Sampled = ".sample_stride";
        string found = golden.Keys.Single(name => name == key || name.StartsWith(key + Sampled, StringComparison.Ordinal));
        int stride = found == key ? 1 : int.Parse(found[(key.Length + Sampled.Length)..], CultureInfo.InvariantCulture);
        float[] expected = golden.Floats(found), actual = [.. values.Where((_, index) => index % stride == 0)];
        Assert.Equal(expected.Length, actual.Length);
        double[] differences = [.. expected.Zip(actual, (value, other) => Math.Abs((double)value - other))];
        Assert.True(differences.Max() <= tolerance && differences.Average() <= tolerance / 5, $"{key} differs by {differences.Max():g3}, by {differences.Average():g3} on average");
    }

    private static float[] WithoutPadding(ImageTokens tokens)
    {
        int channels = tokens.Values.Shape[2], cells = tokens.Values.Shape[1];
        bool[] padded = [.. Enumerable.Range(0, tokens.Values.Shape[0]).SelectMany(image => tokens.Levels.SelectMany(level => level.Padded.Skip(image * level.Height * level.Width).Take(level.Height * level.Width)))];
        Assert.Equal(tokens.Values.Shape[0] * cells, padded.Length);
        return [.. tokens.Values.ToArray().Select((value, index) => padded[index / channels] ? 0f : value)];
    }
}
