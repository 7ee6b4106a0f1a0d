using Detr.Explain;
using Detr.Models;
using Detr.Studies;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests.Studies;

/// <summary>Arms are trained once, wherever the process ends on the way.</summary>
public sealed class StudyWorkshopTests : IDisposable
{
    private static readonly StudyRecipe Tiny = new() { Size = 32, Steps = 20, BatchSize = 1, Seed = 3 };
    private static readonly StudyArm Small = new("small")
    {
        Model = options => options with
        {
            Backbone = options.Backbone with { Width = 4 },
            Transformer = new TransformerOptions { Channels = 16, Heads = 2, EncoderLayers = 1, DecoderLayers = 2, FeedForward = 16, Dropout = 0.1f },
        },
        KeepsHistory = true,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("detr-studies").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_arm_is_trained_once_for_all_who_ask_for_it()
    {
        List<StudyProgress> first = [], second = [];
        float[] trained;
        using (StudyWorkshop workshop = Open("once", first))
        {
            trained = Weights(workshop.Train(Small));
            Assert.Same(workshop.Train(Small), workshop.Train(Small));
            Assert.Equal(Tiny.Steps, first.Count);
            Assert.Equal(new StudyProgress("training small", 1), first[^1]);
        }

        using StudyWorkshop again = Open("once", second);
        Assert.Equal(trained, Weights(again.Train(Small)));
        Assert.Empty(second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    public void A_training_that_was_stopped_goes_on_to_the_same_weights(int stopAfter)
    {
        using StudyWorkshop whole = Open("whole", []);
        using CancellationTokenSource stop = new();
        int steps = 0;
        using (StudyWorkshop parts = new(Path.Combine(_folder, "parts"), Tiny, 1)
        {
            ValidationScenes = 2,
            Progress = _ =>
            {
                if (++steps == stopAfter)
                {
                    stop.Cancel();
                }
            },
        })
        {
            Assert.ThrowsAny<OperationCanceledException>(() => parts.Train(Small, stop.Token));
        }

        List<StudyProgress> rest = [];
        using StudyWorkshop resumed = Open("parts", rest);
        Assert.Equal(Weights(whole.Train(Small)), Weights(resumed.Train(Small)));
        Assert.Equal(Tiny.Steps - steps, rest.Count);
        Assert.Equal(10, resumed.History(Small).Count);
    }

    [Fact]
    public void The_weights_on_the_way_are_kept_where_they_are_wanted()
    {
        using StudyWorkshop workshop = Open("history", []);
        IReadOnlyList<(int Steps, DetrModel Model)> history = workshop.History(Small);
        Assert.Equal(Enumerable.Range(1, 10).Select(tenth => 2 * tenth), history.Select(moment => moment.Steps));
        float[] last = Weights(workshop.Train(Small)), kept = Weights(history[^1].Model);
        Assert.All(last.Zip(kept), pair => Assert.Equal(pair.First, pair.Second, 1e-3 + (1e-3 * Math.Abs(pair.First))));
        Assert.NotEqual(Weights(history[0].Model), kept);
        Assert.Throws<ArgumentException>(() => workshop.History(Small with { KeepsHistory = false }));
    }

    [Fact]
    public void What_would_mix_models_is_refused_in_a_sentence()
    {
        using (StudyWorkshop workshop = Open("mixed", []))
        {
            workshop.Train(Small);
            Assert.Contains("other options than the arm small", Assert.Throws<InvalidDataException>(() => workshop.Train(Small with { Criterion = options => options with { BoxLoss = 0 } })).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(_folder, "mixed", "models", "small", "arm.json"), "{");
        using (StudyWorkshop damaged = Open("mixed", []))
        {
            Assert.Throws<InvalidDataException>(() => damaged.Train(Small));
        }

        string message = Assert.Throws<InvalidDataException>(() => new StudyWorkshop(Path.Combine(_folder, "mixed"), Tiny with { Steps = 30 })).Message;
        Assert.Contains("20 steps of 1 scenes of 32 pixels a side, seed 3, and not of 30 steps", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_was_begun_before_an_option_was_known_is_gone_on_with()
    {
        float[] trained;
        using (StudyWorkshop workshop = Open("older", []))
        {
            trained = Weights(workshop.Train(Small));
        }

        string path = Path.Combine(_folder, "older", "models", "small", "arm.json"), text = File.ReadAllText(path);
        string older = text.Replace("\"PreNorm\": false,", string.Empty, StringComparison.Ordinal);
        Assert.NotEqual(text, older);
        File.WriteAllText(path, older);
        using StudyWorkshop again = Open("older", []);
        Assert.Equal(trained, Weights(again.Train(Small)));
    }

    [Theory]
    [InlineData(16, 20, 1)]
    [InlineData(400, 20, 1)]
    [InlineData(32, 0, 1)]
    [InlineData(32, 25, 1)]
    [InlineData(32, 20, 0)]
    public void Recipes_make_sense(int size, int steps, int batch)
        => Assert.Throws<ArgumentException>(() => new StudyWorkshop(_folder, new StudyRecipe { Size = size, Steps = steps, BatchSize = batch }));

    [Fact]
    public void The_model_to_look_into_is_the_file_that_was_given_or_the_base_arm()
    {
        string path = Path.Combine(_folder, "given.safetensors");
        ModelFile.Save(path, SmallModel.Create(), SmallModel.Scenes(1).Categories);
        using StudyWorkshop workshop = new(Path.Combine(_folder, "given"), Tiny, 1) { WeightsFile = path, ValidationScenes = 2 };
        Assert.Equal("given.safetensors", workshop.Subject().Name);
        Assert.False(Directory.Exists(Path.Combine(workshop.Folder, "models")));
        using StudyWorkshop without = Open("base", []);
        (DetrModel model, _, string name) = without.Subject();
        Assert.Equal("base", name);
        Assert.Same(model, without.Train(StudyArm.Base));
    }

    [Fact]
    public void Every_decoder_layer_is_evaluated_and_the_last_is_the_models_answer()
    {
        using StudyWorkshop workshop = Open("layers", []);
        DetrModel model = new(SmallModel.Options with { Size = 64, MaximumSize = 64 });
        DetrInitialization.Initialize(model, new RandomStream(1));
        IReadOnlyList<EvaluationResult> layers = workshop.EvaluateLayers(model, workshop.Categories, null, "model");
        Assert.Equal(SmallModel.Options.Transformer.DecoderLayers, layers.Count);
        EvaluationResult last = ModelEvaluation.Evaluate(model, workshop.Categories, workshop.Scenes(2, model.Options.Size), model.Options.Resize(), workshop.Backend);
        Assert.Equal(last.Detections, layers[^1].Detections);
        Assert.NotEqual(last.Detections, layers[0].Detections);
    }

    [Fact]
    public void Arms_are_what_they_say()
    {
        using StudyWorkshop workshop = Open("arms", []);
        StudyArm without = Small with { Name = "without", HeadsOff = new HeadsOff(new HeadSelection(AttentionKind.DecoderSelf)) };
        DetrModel with = workshop.Train(Small), model = workshop.Train(without);
        const string Attention = "transformer.decoder.layers.1.self_attn.in_proj_weight";
        Assert.NotEqual(Weights(with), Weights(model));

        // What is off gets no gradient, so that nothing but the weights' decay moves it.
        float[] still = Moved(model), moved = Moved(with);
        Assert.True(Largest(still) < 0.1f * Largest(moved), $"{Largest(still)} and {Largest(moved)}");

        static float Largest(float[] values) => values.Max(value => Math.Abs(value));

        float[] Moved(DetrModel trained)
        {
            DetrModel fresh = new(trained.Options);
            DetrInitialization.Initialize(fresh, new RandomStream(Tiny.Seed));
            return [.. trained.Parameters[Attention].ToArray().Zip(fresh.Parameters[Attention].ToArray(), (now, before) => now - before)];
        }
    }

    [Fact]
    public void A_curve_has_a_point_for_every_tenth()
    {
        using StudyWorkshop workshop = Open("curve", []);
        workshop.Train(Small);
        (double[] steps, double[] precisions) = workshop.Curve(Small);
        Assert.Equal(Enumerable.Range(1, 10).Select(tenth => 2.0 * tenth), steps);
        Assert.All(precisions, precision => Assert.InRange(precision, 0, 1));
    }

    private StudyWorkshop Open(string name, List<StudyProgress> training) => new(Path.Combine(_folder, name), Tiny, 1)
    {
        ValidationScenes = 2,
        Progress = progress =>
        {
            if (progress.Doing.StartsWith("training", StringComparison.Ordinal))
            {
                training.Add(progress);
            }
        },
    };

    private static float[] Weights(DetrModel model) => [.. model.Parameters.SelectMany(parameter => parameter.ToArray())];
}
