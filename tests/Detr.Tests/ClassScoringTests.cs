using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>What predictions say, by either way of scoring classes.</summary>
public sealed class ClassScoringTests
{
    private static readonly Category[] Categories = [new(10, "ten"), new(20, "twenty")];

    // Two images of two queries; as softmax the third class is no-object.
    private static readonly DetrOutput Softmax = Output(3, 9, 9, 9, 0, 0, 0, Log(1), Log(3), Log(4), Log(6), Log(1), Log(1));

    private static readonly DetrOutput Sigmoid = Output(2, 9, 9, 9, 9, Log(1), Log(4), Log(3), Log(2)) with { Scoring = ClassScoring.Sigmoid };

    [Fact]
    public void A_softmax_shares_one_among_classes_and_no_object()
    {
        ClassProbabilities probabilities = new(Softmax);
        Assert.Equal(2, probabilities.Classes);
        AssertClose([0.125f, 0.375f], probabilities.Of(1, 0, out float noObject));
        Assert.Equal(0.5f, noObject, 1e-6f);
        AssertClose([0.75f, 0.125f], probabilities.Of(1, 1));
    }

    [Fact]
    public void Sigmoids_know_nothing_of_each_other_and_no_object_is_none_of_them()
    {
        ClassProbabilities probabilities = new(Sigmoid);
        Assert.Equal(2, probabilities.Classes);
        AssertClose([0.5f, 0.8f], probabilities.Of(1, 0, out float noObject));
        Assert.Equal(0f, noObject);
        AssertClose([0.75f, 2f / 3], probabilities.Of(1, 1));
    }

    [Fact]
    public void Every_query_answers_once_with_its_best_class_in_query_order()
    {
        Detection[] softmax = PostProcess.Run(Softmax, 1, 100, 200, Categories), sigmoid = PostProcess.Run(Sigmoid, 1, 100, 200, Categories);
        Assert.Equal([(0, 20, "twenty"), (1, 10, "ten")], softmax.Select(detection => (detection.Query, detection.LabelId, detection.Label)));
        Assert.Equal([(0, 20, "twenty"), (1, 10, "ten")], sigmoid.Select(detection => (detection.Query, detection.LabelId, detection.Label)));
        AssertClose([0.375f, 0.75f], [.. softmax.Select(detection => detection.Score)]);
        AssertClose([0.8f, 0.75f], [.. sigmoid.Select(detection => detection.Score)]);
        AssertClose([60, 100, 80, 180], [sigmoid[1].X0, sigmoid[1].Y0, sigmoid[1].X1, sigmoid[1].Y1]);
    }

    [Fact]
    public void The_largest_answers_come_surest_first_and_a_query_may_give_several()
    {
        Detection[] three = PostProcess.Largest(Sigmoid, 1, 100, 200, Categories, 3);
        Assert.Equal([(0, 20), (1, 10), (1, 20)], three.Select(detection => (detection.Query, detection.LabelId)));
        AssertClose([0.8f, 0.75f, 2f / 3], [.. three.Select(detection => detection.Score)]);
        Assert.Equal(three[1] with { LabelId = 20, Label = "twenty", Score = three[2].Score }, three[2]);
        Assert.Equal(4, PostProcess.Largest(Sigmoid, 1, 1, 1, Categories, 300).Length);
    }

    [Fact]
    public void Equal_answers_keep_the_order_of_queries_and_classes()
        => Assert.Equal([(0, 10), (0, 20), (1, 10)], PostProcess.Largest(Sigmoid, 0, 1, 1, Categories, 3).Select(detection => (detection.Query, detection.LabelId)));

    [Fact]
    public void A_mask_belongs_to_queries_that_are_sure_of_an_object()
    {
        Assert.Equal([1], MaskCandidate.Find(Softmax, 1, Categories, 0.1f).Select(candidate => candidate.Query));
        Assert.Empty(MaskCandidate.Find(Softmax, 1, Categories, 0.8f));
        Assert.Equal([0, 1], MaskCandidate.Find(Sigmoid, 1, Categories, 0.7f).Select(candidate => candidate.Query));
    }

    private static DetrOutput Output(int width, params float[] logits) => new(
        Tensor.FromArray([2, 2, width], logits),
        Tensor.FromArray([2, 2, 4], [0, 0, 1, 1, 0, 0, 1, 1, 0.5f, 0.5f, 0.2f, 0.2f, 0.7f, 0.7f, 0.2f, 0.4f]),
        []);

    private static float Log(float x) => MathF.Log(x);

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4f);
        }
    }
}
