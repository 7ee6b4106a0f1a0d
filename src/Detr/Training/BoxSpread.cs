using Detr.Models;

namespace Detr.Training;

/// <summary>
/// How far apart a picture's predicted boxes are. A model whose queries all give the same box has collapsed, which the loss
/// alone does not show.
/// </summary>
public static class BoxSpread
{
    /// <summary>The name under which it is logged.</summary>
    public const string Name = "box_spread";

    /// <summary>A hundredth of the picture: below it, boxes are the same for all that one can see.</summary>
    public const double Collapsed = 0.01;

    /// <summary>The standard deviation over queries, the mean over the four numbers of a box and over pictures; in shares of a picture's side.</summary>
    /// <param name="output">The predictions.</param>
    public static float Of(DetrOutput output)
    {
        int images = output.Boxes.Shape[0], queries = output.Boxes.Shape[1];
        ReadOnlySpan<float> boxes = output.Boxes.AsSpan();
        double sum = 0;
        for (int image = 0; image < images; image++)
        {
            for (int side = 0; side < 4; side++)
            {
                double mean = 0, squares = 0;
                for (int query = 0; query < queries; query++)
                {
                    float value = boxes[(((image * queries) + query) * 4) + side];
                    mean += value / queries;
                    squares += (double)value * value / queries;
                }

                sum += Math.Sqrt(Math.Max(0, squares - (mean * mean)));
            }
        }

        return (float)(sum / (4 * Math.Max(1, images)));
    }
}
