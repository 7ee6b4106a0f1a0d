namespace Detr.Tensors;

/// <summary>
/// What a backward pass carries back in place of derivatives, through the operations that transformers are made of. Each method takes what
/// arrived at an operation's result and hands the inputs their parts with <see cref="ForwardContext.AddGradient"/>. Changes of shape pass
/// on what they get; operations that are not named here keep their derivatives.
/// </summary>
public interface IBackwardRule
{
    /// <summary>Back through y = activation(x Wᵀ + b).</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">[…, in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="arrived">[…, out].</param>
    void Linear(ForwardContext context, Tensor x, Tensor weight, Tensor arrived);

    /// <summary>Back through y = a + b.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="a">The first term.</param>
    /// <param name="b">The second one.</param>
    /// <param name="arrived">As y.</param>
    void Add(ForwardContext context, Tensor a, Tensor b, Tensor arrived);

    /// <summary>Back through a layer norm.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="x">Its input.</param>
    /// <param name="arrived">As x.</param>
    void LayerNorm(ForwardContext context, Tensor x, Tensor arrived);

    /// <summary>Back through an attention.</summary>
    /// <param name="context">The pass.</param>
    /// <param name="inputs">What it works on.</param>
    /// <param name="probabilities">[batch, heads, queries, keys], after the softmax.</param>
    /// <param name="output">Its result, [batch, queries, value channels].</param>
    /// <param name="arrived">As the result.</param>
    /// <returns>What the probabilities get, of their shape.</returns>
    Tensor Attention(ForwardContext context, in AttentionInputs inputs, Tensor probabilities, Tensor output, Tensor arrived);
}
