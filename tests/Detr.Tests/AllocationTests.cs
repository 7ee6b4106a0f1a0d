using Detr.Data;
using Detr.Models;
using Detr.Tensors;
using Detr.Training;

namespace Detr.Tests;

/// <summary>What the steady state takes from the collector. Alone, because the whole process's allocations are counted.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Images = 8;
    private const long LargestStep = 200_000;

    [Fact]
    public void A_training_step_allocates_next_to_nothing()
    {
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        Trainer trainer = new(model, new SetCriterion(12, new HungarianMatcher(), new CriterionOptions()), new TrainingOptions(), backend, 9);
        BatchLoader loader = new(new CachedDataset(SmallModel.Scenes(4 * Images), 1L << 24), [], Images, 3);
        List<long> allocated = new(64);
        for (int epoch = 0; epoch < 8; epoch++)
        {
            trainer.TrainEpoch(loader, _ => allocated.Add(GC.GetTotalAllocatedBytes(precise: true)));
        }

        // The median: on a busy machine a second thread may come to a loop, and need room of its own, for the first time this late.
        long perStep = allocated.Zip(allocated.Skip(1), (before, after) => after - before).TakeLast(9).Order().ElementAt(4);
        Assert.True(perStep < LargestStep, $"A step allocates {perStep} bytes.");
    }

    [Fact]
    public void A_second_detection_allocates_its_pictures_and_little_else()
    {
        using CpuBackend backend = new(2);
        DetrModel model = SmallModel.Create();
        using DetectionBatch batch = BatchBuilder.Build([(SmallModel.Scenes(1).Load(0), new BoxTargets([], []))], [0]);
        ForwardContext context = new(backend);
        Run();
        Run();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Run();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 50_000, $"A pass allocates {allocated} bytes.");

        void Run()
        {
            using Scope scope = context.Scope();
            model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
        }
    }
}
