using Detr.Imaging;

namespace Detr.Figures;

/// <summary>Where each object query finds things, and of what size, over many photographs (Carion et al. 2020, figure 7).</summary>
public static class SpecializationFigure
{
    private const int Side = 100;
    private const int Columns = 10;
    private const float Radius = 1.6f;
    private static readonly Rgb SmallColor = new(0, 140, 90);
    private static readonly Rgb WideColor = new(214, 50, 40);
    private static readonly Rgb TallColor = new(40, 90, 220);
    private static readonly Rgb Line = new(200, 205, 212);

    /// <summary>Draws a square for each query, which stands for any photograph, with a dot at the centre of each box.</summary>
    /// <param name="boxes">The boxes of all photographs; those of other queries are passed over, those that are not finite too.</param>
    /// <param name="queries">How many queries there are.</param>
    public static RgbImage Draw(IEnumerable<QueryBox> boxes, int queries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(queries);
        Canvas[] squares = new Canvas[queries];
        int[] counts = new int[queries];
        for (int i = 0; i < queries; i++)
        {
            squares[i] = new Canvas(new RgbImage(Side, Side));
            squares[i].Clear(Rgb.White);
            squares[i].DrawRectangle(0.5f, 0.5f, Side - 0.5f, Side - 0.5f, Line, 1);
        }

        foreach (QueryBox box in boxes.Where(box => (uint)box.Query < (uint)queries && float.IsFinite(box.CentreX + box.CentreY)))
        {
            squares[box.Query].FillCircle(box.CentreX * Side, box.CentreY * Side, Radius, ColorOf(box));
            counts[box.Query]++;
        }

        return PanelGrid.Draw(
            "Box centres of every object query over a data set",
            PanelGrid.InRows(squares.Select((square, i) => new PanelGrid.Panel(square.Image, FormattableString.Invariant($"query {i}: {counts[i]}"))), Columns),
            scale: null, [(SmallColor, "small"), (WideColor, "large, wide"), (TallColor, "large, tall")]);
    }

    /// <summary>The colour of a box's size and shape.</summary>
    internal static Rgb ColorOf(QueryBox box) => box.Shape switch
    {
        BoxShape.Small => SmallColor,
        BoxShape.Wide => WideColor,
        _ => TallColor,
    };
}
