namespace Detr.Tensors;

/// <summary>Sees the results of a backbone's layers as they are made.</summary>
public interface IActivationObserver
{
    /// <summary>Called once for each layer of each pass.</summary>
    /// <param name="layer">The layer, by the name of its convolution, such as <c>backbone.0.body.layer1.0.conv1</c>.</param>
    /// <param name="activation">What comes out, its norm, residual and ReLU included; valid during the call.</param>
    void Observe(string layer, Tensor activation);
}
