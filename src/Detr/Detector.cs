using System.Diagnostics;
using Detr.Data;
using Detr.Explain;
using Detr.Imaging;
using Detr.Models;
using Detr.Tensors;

namespace Detr;

/// <summary>
/// Finds objects in pictures: the whole library in one class. One detector may serve many threads at once; every call
/// returns its own results.
/// </summary>
public sealed class Detector : IDisposable
{
    private readonly CpuBackend _backend;
    private readonly ResizeShortSide _resize;

    private Detector(DetrModel model, IReadOnlyList<Category> categories, DetectorOptions options)
    {
        (Model, Categories) = (model, categories);
        _resize = model.Options.Resize(options.Size, options.MaximumSize);
        _backend = new CpuBackend(options.Threads);
    }

    /// <summary>The model.</summary>
    public DetrModel Model { get; }

    /// <summary>What its classes are called.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>Loads a detector.</summary>
    /// <param name="path">A file that <see cref="ModelFile.Load"/> reads: a model of this project, or weights of DETR from elsewhere.</param>
    /// <param name="options">How it works; the defaults if null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or is not a model.</exception>
    public static Detector Load(string path, DetectorOptions? options = null)
    {
        options ??= new DetectorOptions();
        (DetrModel model, IReadOnlyList<Category> categories) = ModelFile.Load(path, options.Architecture, deferred: true);
        return new Detector(model, categories, options);
    }

    /// <summary>
    /// Does what the first picture would otherwise wait for: reads and packs the weights, and has the runtime compile a pass. May run
    /// while the first picture is read, and even while it goes through: that pass then waits only for weights that are not ready yet.
    /// </summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">The weights' file became shorter since it was opened.</exception>
    public void WarmUp(CancellationToken cancellationToken = default)
    {
        int side = Model.Options.Backbone.Stride;
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        Model.Forward(context, context.Upload([1, 3, side, side], new float[3 * side * side]), PaddingMask.None(1, side, side));
    }

    /// <summary>Finds the objects in a picture.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="threshold">The least score, from 0 to 1; 0 keeps every query's detection, in query order.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not between 0 and 1.</exception>
    public IReadOnlyList<Detection> Detect(RgbImage image, float threshold = DetectRequest.DefaultThreshold, CancellationToken cancellationToken = default)
        => Detect(image, new DetectRequest { Threshold = threshold }, cancellationToken).Detections;

    /// <summary>Finds the objects in a picture, perhaps without some attention heads or with somebody looking at the attention.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not between 0 and 1.</exception>
    public DetectResponse Detect(RgbImage image, DetectRequest request, CancellationToken cancellationToken = default)
    {
        float threshold = request.Threshold;
        if (!(threshold is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(request), threshold, "A threshold is a number from 0 to 1.");
        }

        long start = Stopwatch.GetTimestamp();
        using DetectionBatch batch = Prepare(image);
        long ready = Stopwatch.GetTimestamp();
        ForwardContext context = new(_backend)
        {
            CancellationToken = cancellationToken, AttentionObserver = request.AttentionObserver, DeformableAttentionObserver = request.DeformableAttentionObserver, HeadMask = request.HeadMask,
        };
        using Scope scope = context.Scope();
        DetrOutput output = Model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding);
        Detection[] all = PostProcess.Run(output, 0, image.Width, image.Height, Categories);
        DetectionTimings timings = new(Stopwatch.GetElapsedTime(start, ready), Stopwatch.GetElapsedTime(ready));
        return new DetectResponse(Keep(all, threshold), timings);
    }

    /// <summary>Finds the objects in a picture and says which of its cells speak for them.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="request">Which queries are explained, and how; those that found something, by relevance, if null.</param>
    /// <param name="heads">Which heads are switched off; null for none.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has no such query or class.</exception>
    /// <exception cref="MemoryLimitException">Attention maps would take more than the request allows.</exception>
    public Explanation Explain(RgbImage image, ExplainRequest? request = null, IHeadMask? heads = null, CancellationToken cancellationToken = default)
    {
        using DetectionBatch batch = Prepare(image);
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken, HeadMask = heads };
        using Scope scope = context.Scope();
        RelevanceOutput result = new Explainer(Model).Explain(context, context.Upload(batch.Shape, batch.Pixels), request ?? new ExplainRequest());
        return new Explanation(PostProcess.Run(result.Output, 0, image.Width, image.Height, Categories), result.Height, result.Width, result.Maps);
    }

    /// <summary>Finds the objects in a picture and says where the queries that found them sampled it; for models with deformable attention, which attend to no map of cells.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="request">Whose points are wanted; those of queries that found something if null.</param>
    /// <param name="heads">Which heads are switched off; null for none.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model attends to all cells, or has no such query for this picture.</exception>
    /// <exception cref="MemoryLimitException">Points would take more than the request allows.</exception>
    public SamplingExplanation ExplainSampling(RgbImage image, SamplingRequest? request = null, IHeadMask? heads = null, CancellationToken cancellationToken = default)
    {
        SamplingExplainer explainer = new(Model);
        using DetectionBatch batch = Prepare(image);
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken, HeadMask = heads };
        using Scope scope = context.Scope();
        SamplingOutput result = explainer.Explain(context, context.Upload(batch.Shape, batch.Pixels), request ?? new SamplingRequest());
        return new SamplingExplanation(PostProcess.Run(result.Output, 0, image.Width, image.Height, Categories), result.Levels, result.Queries);
    }

    /// <summary>Cuts a picture into segments: one for each thing that was found, and one for each sort of stuff.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="threshold">The score that a query has to exceed for its mask to count, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Each pixel's segment, and the segments with their category's number, area, box and score; pixels are void where nothing was found.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The model has no mask head.</exception>
    public PanopticSegmentation Segment(RgbImage image, float threshold = PanopticMerge.UsualThreshold, CancellationToken cancellationToken = default)
        => Segment(image, threshold, out _, cancellationToken);

    /// <summary>The same, with a look at the clock.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="threshold">The score that a query has to exceed for its mask to count, from 0 to 1.</param>
    /// <param name="timings">How long the parts took.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The model has no mask head.</exception>
    public PanopticSegmentation Segment(RgbImage image, float threshold, out DetectionTimings timings, CancellationToken cancellationToken = default)
    {
        Check(threshold);
        MaskHead head = RequireMaskHead();
        long start = Stopwatch.GetTimestamp();
        using DetectionBatch batch = Prepare(image);
        long ready = Stopwatch.GetTimestamp();
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        DetrOutput output = Model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding, AuxiliaryOutputs.Masks);
        PanopticSegmentation segmentation = PanopticMerge.Run(context, head, output, 0, Categories, threshold, image.Width, image.Height);
        timings = new DetectionTimings(Stopwatch.GetElapsedTime(start, ready), Stopwatch.GetElapsedTime(ready));
        return segmentation;
    }

    /// <summary>Finds the objects in a picture with their pixels.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="threshold">The least score, from 0 to 1; 0 keeps every query's detection, in query order.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The model has no mask head.</exception>
    public IReadOnlyList<InstanceMask> DetectMasks(RgbImage image, float threshold = DetectRequest.DefaultThreshold, CancellationToken cancellationToken = default)
    {
        Check(threshold);
        MaskHead head = RequireMaskHead();
        using DetectionBatch batch = Prepare(image);
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        DetrOutput output = Model.Forward(context, context.Upload(batch.Shape, batch.Pixels), batch.Padding, AuxiliaryOutputs.Masks);
        Detection[] detections = Keep(PostProcess.Run(output, 0, image.Width, image.Height, Categories), threshold);
        return MaskPixels.Decide(context, head, output, 0, detections, image.Width, image.Height);
    }

    /// <summary>Finds and explains the objects in a picture with the first 1, 2 … heads of an attention off, until none is left.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="request">Which heads, and what is looked at; the decoder's cross-attention and all that is found if null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has no such query, or it was to be one of the encoder's.</exception>
    /// <exception cref="MemoryLimitException">Attention maps would take more than the request allows.</exception>
    public HeadSweep SweepHeads(RgbImage image, HeadSweepRequest? request = null, CancellationToken cancellationToken = default)
    {
        using DetectionBatch batch = Prepare(image);
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        return HeadSweep.Run(context, Model, context.Upload(batch.Shape, batch.Pixels), request ?? new HeadSweepRequest(), output => PostProcess.Run(output, 0, image.Width, image.Height, Categories));
    }

    /// <summary>Ranks attention heads by what losing one of them costs what is found in a picture.</summary>
    /// <param name="image">The picture, upright.</param>
    /// <param name="kind">The attentions whose heads are tried; all if null.</param>
    /// <param name="threshold">The least score of what is found, from 0 to 1; where nothing reaches it, the surest query is looked at.</param>
    /// <param name="progress">Hears how many heads are tried, of those that <see cref="AttentionHead.All"/> lists.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public HeadRanking RankHeads(RgbImage image, AttentionKind? kind = null, float threshold = DetectRequest.DefaultThreshold, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        using DetectionBatch batch = Prepare(image);
        ForwardContext context = new(_backend) { CancellationToken = cancellationToken };
        using Scope scope = context.Scope();
        return HeadRanking.Run(
            context, Model, context.Upload(batch.Shape, batch.Pixels), AttentionHead.All(Model.Options.Transformer, kind), threshold,
            output => PostProcess.Run(output, 0, image.Width, image.Height, Categories), progress);
    }

    /// <inheritdoc/>
    public void Dispose() => _backend.Dispose();

    private static Detection[] Keep(Detection[] detections, float threshold)
        => threshold == 0 ? detections : [.. detections.Where(detection => detection.Score >= threshold).OrderByDescending(detection => detection.Score)];

    private static void Check(float threshold)
    {
        if (!(threshold is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A threshold is a number from 0 to 1.");
        }
    }

    private MaskHead RequireMaskHead()
        => Model.MaskHead ?? throw new InvalidOperationException("The model finds boxes and makes no masks; load one with a mask head, such as detr_resnet50_panoptic.");

    private DetectionBatch Prepare(RgbImage image)
    {
        (RgbImage resized, BoxTargets none) = _resize.Apply(image, new BoxTargets([], []), new RandomStream(0));
        return BatchBuilder.Build([(resized, none)], [0]);
    }
}
