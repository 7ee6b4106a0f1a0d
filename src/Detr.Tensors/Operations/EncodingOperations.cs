namespace Detr.Tensors;

/// <summary>Places as vectors.</summary>
public static class EncodingOperations
{
    /// <summary>
    /// Coordinates as sines and cosines, one coordinate after the other: of a coordinate p, channels 2k and 2k + 1 are sin and cos of
    /// 2π p / wavelengths[2k].
    /// </summary>
    /// <param name="context">The pass.</param>
    /// <param name="points">[…, coordinates], of which [0, 1] is one turn of the shortest wave.</param>
    /// <param name="order">Which coordinates, in the order in which they are to stand; those of a box can be (y, x, width, height) or fewer.</param>
    /// <param name="wavelengths">One for each channel of a coordinate, the same for two neighbours.</param>
    /// <returns>[…, order · wavelengths].</returns>
    public static Tensor SineEncoding(this ForwardContext context, Tensor points, int[] order, float[] wavelengths)
    {
        Tensor y = context.Allocate(points.Shape.With(^1, order.Length * wavelengths.Length));
        context.Backend.SineEncoding(points, order, wavelengths, y);
        return context.Record(y, [points], dy =>
        {
            Tensor dPoints = context.Allocate(points.Shape);
            context.Backend.SineEncodingBackward(y, order, wavelengths, dy, dPoints);
            context.AddGradient(points, dPoints);
        });
    }
}
