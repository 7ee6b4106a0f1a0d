using Detr.Data;
using Detr.Models;
using Detr.Training;

namespace Detr.Tests;

/// <summary>Parts of DETR's successors that are frozen, and what another model's weights are worth to them.</summary>
public sealed class SuccessorWeightsTests
{
    private static readonly DetrOptions Noised = SmallModel.Options with { Variant = DetrVariant.DnDetr, Classes = 3 };

    [Fact]
    public void A_frozen_decoder_leaves_the_heads_that_stand_in_it()
    {
        DetrModel model = SmallModel.Create(Noised);
        TrainableParts.Freeze(model, "decoder");
        Assert.False(model.Parameters["transformer.decoder.ref_point_head.layers.0.weight"].Trainable);
        Assert.True(model.Parameters["transformer.decoder.bbox_embed.layers.0.weight"].Trainable);
        TrainableParts.Freeze(model, "box-head");
        Assert.False(model.Parameters["transformer.decoder.bbox_embed.layers.0.weight"].Trainable);
        Assert.True(model.Parameters["refpoint_embed.weight"].Trainable && model.Parameters["label_enc.weight"].Trainable);
        TrainableParts.Freeze(model, "queries");
        Assert.False(model.Parameters["refpoint_embed.weight"].Trainable || model.Parameters["label_enc.weight"].Trainable);
    }

    [Fact]
    public void Classes_known_by_name_keep_their_rows_and_so_does_no_class()
    {
        DetrModel source = SmallModel.Create(Noised), target = SmallModel.Create(Noised with { Classes = 2, Queries = 14 });
        float[] fresh = target.Parameters["class_embed.weight"].ToArray(), freshTable = target.Parameters["label_enc.weight"].ToArray();
        PretrainedWeights report = PretrainedWeights.Copy(
            source, [new Category(1, "cat"), new Category(2, "dog"), new Category(3, "cow")], target, [new Category(1, "hen"), new Category(2, "Dog")]);

        float[] head = source.Parameters["class_embed.weight"].ToArray(), table = source.Parameters["label_enc.weight"].ToArray();
        Assert.Equal([.. fresh[..32], .. head[32..64]], target.Parameters["class_embed.weight"].ToArray());
        Assert.Equal([.. freshTable[..31], .. table[31..62], .. table[93..]], target.Parameters["label_enc.weight"].ToArray());
        Assert.Equal(["Dog"], report.KnownClasses);
        Assert.Equal(4, report.NewQueries);
        Assert.Equal(source.Parameters["refpoint_embed.weight"].ToArray(), target.Parameters["refpoint_embed.weight"].ToArray()[..40]);
        Assert.Empty(report.Dropped);
    }
}
