using Detr.Data;
using Detr.Models;
using Detr.Tensors;

namespace Detr.Tests;

/// <summary>Which cell is given which object.</summary>
public sealed class CellAssignmentTests
{
    [Fact]
    public void The_middle_half_of_a_box_is_its_own()
    {
        // Half of 4 × 8 cells around (4, 6) are columns 3 to 4 and rows 4 to 7.
        int[] owners = CellAssignment.Assign(PaddingMask.None(1, 12, 8), 0, new BoxTargets([0], [0.5f, 0.5f, 4f / 8, 8f / 12]));
        Assert.Equal(Cells(8, [3, 4], [4, 5, 6, 7]), Owned(owners, 0));
        Assert.Equal(96 - 8, owners.Count(owner => owner == -1));
    }

    [Fact]
    public void A_box_smaller_than_a_cell_has_the_cell_that_holds_its_centre()
        => Assert.Equal([(5 * 10) + 9], Owned(CellAssignment.Assign(PaddingMask.None(1, 10, 10), 0, new BoxTargets([0], [0.999f, 0.55f, 0.01f, 0.01f])), 0));

    [Fact]
    public void A_centre_on_the_far_edge_is_in_the_last_cell()
        => Assert.Equal([24], Owned(CellAssignment.Assign(PaddingMask.None(1, 5, 5), 0, new BoxTargets([0], [1f, 1f, 0.1f, 0.1f])), 0));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Where_boxes_overlap_the_smaller_one_wins_whatever_their_order(int large, int small)
    {
        float[] boxes = new float[8];
        ((float[])[0.5f, 0.5f, 1f, 1f]).CopyTo(boxes, 4 * large);
        ((float[])[0.5f, 0.5f, 0.2f, 0.2f]).CopyTo(boxes, 4 * small);
        int[] owners = CellAssignment.Assign(PaddingMask.None(1, 10, 10), 0, new BoxTargets([0, 0], boxes));
        Assert.Equal(Cells(10, [4, 5], [4, 5]), Owned(owners, small));
        Assert.NotEmpty(Owned(owners, large));
    }

    [Fact]
    public void Padding_is_never_given_away_and_boxes_are_of_the_picture_alone()
    {
        // The second picture is 4 rows of 6 columns in 8 × 8 cells.
        PaddingMask mask = new(8, 8, [(8, 8), (4, 6)]);
        int[] owners = CellAssignment.Assign(mask, 1, new BoxTargets([0], [0.5f, 0.5f, 1f, 1f]));
        Assert.Equal(Cells(8, [1, 2, 3, 4], [1, 2]), Owned(owners, 0));
    }

    [Fact]
    public void Random_objects_have_their_centres_cell_unless_a_smaller_one_took_it()
    {
        RandomStream random = new(3);
        for (int trial = 0; trial < 50; trial++)
        {
            (int height, int width) = (1 + random.Next(20), 1 + random.Next(20));
            float[] boxes = [.. Enumerable.Range(0, 4 * 6).Select(i => i % 4 < 2 ? (float)random.NextDouble() : 0.01f + (0.99f * (float)random.NextDouble()))];
            BoxTargets targets = new(new int[6], boxes);
            int[] owners = CellAssignment.Assign(PaddingMask.None(1, height, width), 0, targets);
            for (int target = 0; target < targets.Count; target++)
            {
                ReadOnlySpan<float> box = targets.Box(target), owner = targets.Box(owners[((int)(box[1] * height) * width) + (int)(box[0] * width)]);
                Assert.True(owner[2] * owner[3] <= box[2] * box[3]);
            }
        }
    }

    [Fact]
    public void A_picture_without_objects_gives_nothing_away()
        => Assert.All(CellAssignment.Assign(PaddingMask.None(1, 3, 3), 0, new BoxTargets([], [])), owner => Assert.Equal(-1, owner));

    private static int[] Owned(int[] owners, int target) => [.. Enumerable.Range(0, owners.Length).Where(cell => owners[cell] == target)];

    private static int[] Cells(int width, int[] columns, int[] rows) => [.. rows.SelectMany(row => columns.Select(column => (row * width) + column))];
}
