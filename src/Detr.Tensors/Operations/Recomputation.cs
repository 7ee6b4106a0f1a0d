namespace Detr.Tensors;

/// <summary>Trading time for memory (Chen et al. 2016, "Training deep nets with sublinear memory cost").</summary>
public static class Recomputation
{
    /// <summary>
    /// A part of a network whose inner results are not kept for the backward pass where <see cref="ForwardContext.Recomputes"/> says
    /// so: only its inputs are, and the backward pass runs the part once more. The gradients are the same to the bit: dropout draws
    /// the same numbers again, and running statistics, which have moved already, stay.
    /// </summary>
    /// <typeparam name="TState">What the part needs.</typeparam>
    /// <param name="context">The pass.</param>
    /// <param name="inputs">All tensors that the part reads, parameters aside.</param>
    /// <param name="state">Handed to the part.</param>
    /// <param name="body">The part; it gives the same result whenever it is run on the same inputs, and opens a scope of its own.</param>
    /// <returns>The part's result.</returns>
    public static Tensor Recompute<TState>(this ForwardContext context, ReadOnlySpan<Tensor?> inputs, TState state, Func<ForwardContext, TState, Tensor> body)
        => context is { Recomputes: true, Tape: not null } ? RunTwice(context, inputs, state, body) : body(context, state);

    private static Tensor RunTwice<TState>(ForwardContext context, ReadOnlySpan<Tensor?> inputs, TState state, Func<ForwardContext, TState, Tensor> body)
    {
        ulong random = context.Random.State;
        Tape? tape = context.SwapTape(Tape.Forgetful);
        Tensor result;
        try
        {
            result = body(context, state);
        }
        finally
        {
            context.SwapTape(tape);
        }

        if (result.RequiresGradient)
        {
            tape!.Record(result, inputs, [], gradient => Differentiate(context, random, state, body, gradient));
        }

        return result;
    }

    private static void Differentiate<TState>(ForwardContext context, ulong random, TState state, Func<ForwardContext, TState, Tensor> body, Tensor gradient)
    {
        Tape tape = new();
        Tensor result = context.Replay(tape, random, state, body);
        tape.Backward(context, [(result, gradient)]);
    }
}
