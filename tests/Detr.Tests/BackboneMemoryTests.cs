using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>What a forward pass holds on to.</summary>
public sealed class BackboneMemoryTests
{
    [Fact]
    public void A_deeper_stage_needs_no_more_memory_for_activations()
        => Assert.Equal(ActivationBytes(3), ActivationBytes(9));

    [Fact]
    public void All_stages_can_still_be_asked_for()
    {
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        using Scope scope = context.Scope();
        Backbone backbone = Create(1, out _);
        Tensor image = context.Upload([1, 3, 32, 32], [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => MathF.Sin(i))]);
        float[][] all = [.. backbone.ForwardAll(context, image).Select(stage => stage.ToArray())];
        Assert.Equal(backbone.Options.Blocks.Count, all.Length);
        Assert.Equal(backbone.Forward(context, image).ToArray(), all[^1]);
        Assert.All(all, stage => Assert.Contains(stage, value => value != 0));
    }

    private static Backbone Create(int blocks, out ParameterSet parameters)
    {
        parameters = [];
        Backbone backbone = new(parameters, string.Empty, new BackboneOptions { Blocks = [blocks, 1], Bottleneck = false, Width = 16, Norm = BackboneNorm.Batch });
        RandomStream random = new(3);
        foreach (Parameter kernel in parameters.Where(parameter => parameter.Shape.Rank == 4))
        {
            Initialization.Uniform(kernel, random, 0.1);
        }

        return backbone;
    }

    private static long ActivationBytes(int blocks)
    {
        using CpuBackend backend = new(1);
        ForwardContext context = new(backend);
        Backbone backbone = Create(blocks, out _);
        using Scope scope = context.Scope();
        long before = backend.HeldBytes;
        backbone.Forward(context, context.Zeros([1, 3, 64, 64]));
        return backend.HeldBytes - before;
    }
}
