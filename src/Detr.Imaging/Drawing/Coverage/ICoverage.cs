namespace Detr.Imaging;

/// <summary>A shape, as the share of every pixel that it covers.</summary>
internal interface ICoverage
{
    /// <summary>The share of the pixel around a centre, from 0 to 1; may leave that range slightly.</summary>
    float At(float x, float y);
}
