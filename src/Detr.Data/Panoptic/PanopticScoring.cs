using System.Runtime.ExceptionServices;
using Detr.Data.Evaluation;

namespace Detr.Data;

/// <summary>Panoptic quality of files in COCO's panoptic format, by whomever: a JSON file and a folder of PNGs on either side.</summary>
public static class PanopticScoring
{
    /// <summary>Scores predictions. Pictures are read by all processors at once, each holding no more than the two maps that it compares.</summary>
    /// <param name="truthFile">The true segments: annotations and categories.</param>
    /// <param name="truthFolder">Where their PNGs lie.</param>
    /// <param name="predictionsFile">The predicted segments: annotations.</param>
    /// <param name="predictionsFolder">Where their PNGs lie.</param>
    /// <param name="progress">Hears how many pictures are done, and of how many, from several threads.</param>
    /// <param name="cancellationToken">Stops between two pictures.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not of its format, a picture has no prediction or one of another size, or a JSON file and its PNG disagree.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static PanopticScore Score(
        string truthFile, string truthFolder, string predictionsFile, string predictionsFolder, Action<int, int>? progress = null, CancellationToken cancellationToken = default)
    {
        CocoPanopticFile truth = CocoPanopticFile.Read(truthFile), predictions = CocoPanopticFile.Read(predictionsFile);
        PanopticCategory[] categories = truth.ReadCategories(truthFile);
        Side trueSide = new(truthFile, truthFolder, categories) { IsTruth = true }, predictedSide = new(predictionsFile, predictionsFolder, categories);
        Dictionary<CocoId, CocoPanopticFile.Annotation> wanted = trueSide.ByImage(truth), found = predictedSide.ByImage(predictions);
        CocoId[] missing = [.. wanted.Keys.Where(id => !found.ContainsKey(id))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException(
                $"{predictionsFile} has no prediction for {missing.Length} of the {wanted.Count} images of {truthFile}, such as image {missing[0]}; each needs one, be it without segments.");
        }

        PanopticMatches[] matches = MatchAll(truth.Annotations, item => Match(trueSide, item, predictedSide, found[item.ImageId]), progress, cancellationToken);
        return new PanopticScore(PanopticEvaluator.Summarize(categories, matches), matches.Length, found.Keys.Count(id => !wanted.ContainsKey(id)));
    }

    private static PanopticMatches Match(Side trueSide, CocoPanopticFile.Annotation truth, Side predictedSide, CocoPanopticFile.Annotation prediction)
    {
        string trueMap = trueSide.Locate(truth), predictedMap = predictedSide.Locate(prediction);
        (long width, long height) = PanopticPng.CheckHeader(predictedMap);
        (long trueWidth, long trueHeight) = PanopticPng.CheckHeader(trueMap);
        return (width, height) == (trueWidth, trueHeight)
            ? PanopticEvaluator.Match(trueSide.Read(truth), predictedSide.Read(prediction))
            : throw new InvalidDataException($"{predictedMap} has {width} × {height} pixels, but {trueMap} has {trueWidth} × {trueHeight}; predictions are as large as the ground truth.");
    }

    /// <summary>Matches all pictures; of several that cannot be, the first is named whatever the threads do.</summary>
    private static PanopticMatches[] MatchAll(
        List<CocoPanopticFile.Annotation> items, Func<CocoPanopticFile.Annotation, PanopticMatches> match, Action<int, int>? progress, CancellationToken cancellationToken)
    {
        PanopticMatches[] matches = new PanopticMatches[items.Count];
        ExceptionDispatchInfo?[] errors = new ExceptionDispatchInfo?[items.Count];
        int done = 0;
        Parallel.For(0, items.Count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, (i, state) =>
        {
            try
            {
                matches[i] = match(items[i]);
                progress?.Invoke(Interlocked.Increment(ref done), items.Count);
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                errors[i] = ExceptionDispatchInfo.Capture(error);

                // Pictures before this one are still looked at.
                state.Break();
            }
        });
        Array.Find(errors, error => error is not null)?.Throw();
        return matches;
    }

    /// <summary>One JSON file with its folder of PNGs.</summary>
    private sealed class Side(string json, string folder, IReadOnlyList<PanopticCategory> categories)
    {
        private readonly HashSet<int> _known = [.. categories.Select(category => category.Id)];

        internal bool IsTruth { get; init; }

        internal Dictionary<CocoId, CocoPanopticFile.Annotation> ByImage(CocoPanopticFile file)
        {
            Dictionary<CocoId, CocoPanopticFile.Annotation> byImage = new(file.Annotations.Count);
            foreach (CocoPanopticFile.Annotation item in file.Annotations)
            {
                if (!byImage.TryAdd(item.ImageId, item))
                {
                    throw new InvalidDataException($"{json} has image {item.ImageId} twice; each has its segments in one place.");
                }
            }

            return byImage;
        }

        internal string Locate(CocoPanopticFile.Annotation item)
        {
            if (!FileNames.IsInside(item.FileName))
            {
                throw new InvalidDataException($"{json}: image {item.ImageId} has its segments in '{item.FileName}', which is no file inside {folder}.");
            }

            string path = Path.Combine(folder, item.FileName);
            return File.Exists(path) ? path : throw new FileNotFoundException($"There is no {path}, in which {json} has the segments of image {item.ImageId}.");
        }

        internal PanopticSegmentation Read(CocoPanopticFile.Annotation item)
        {
            string path = Locate(item);
            PanopticMap map = PanopticPng.Read(path);
            try
            {
                item.Segments.ForEach(Check);
                PanopticSegmentation segmentation = PanopticSegmentation.Create(map, item.Segments.Select(segment => segment.ToSegment()));
                if (IsTruth)
                {
                    CheckAreas(segmentation, item);
                }

                return segmentation;
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"{json}, image {item.ImageId} ({path}): {error.Message}.", error);
            }
        }

        private void Check(CocoPanopticFile.Segment segment)
        {
            if (!_known.Contains(segment.CategoryId))
            {
                throw new InvalidDataException($"segment {segment.Id} is of category {segment.CategoryId}, which the ground truth does not list");
            }

            if (IsTruth && segment.Id == PanopticMap.Void)
            {
                throw new InvalidDataException("segment 0 cannot be, since in a ground truth 0 is void; number segments from 1");
            }
        }

        /// <summary>COCO's program takes true areas from the JSON and intersections from the PNG, so the two have to agree.</summary>
        private static void CheckAreas(PanopticSegmentation segmentation, CocoPanopticFile.Annotation item)
        {
            foreach ((PanopticSegment measured, CocoPanopticFile.Segment stated) in segmentation.Segments.Zip(item.Segments))
            {
                if (stated.Area is { } area && area != measured.Area)
                {
                    throw new InvalidDataException(FormattableString.Invariant($"segment {measured.Id} has {measured.Area} pixels, but its area is given as {area}"));
                }
            }
        }
    }
}
