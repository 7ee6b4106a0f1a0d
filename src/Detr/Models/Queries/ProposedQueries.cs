using Detr.Tensors;

namespace Detr.Models;

/// <summary>
/// Two-stage Deformable DETR's queries (Zhu et al. 2021, section 4.2): they begin at the boxes that the encoder's cells propose, those
/// whose first class is surest, and both what and where they are follows from the box alone.
/// </summary>
internal sealed class ProposedQueries : IQuerySource
{
    private static readonly int[] Order = [0, 1, 2, 3];

    private readonly int _count;
    private readonly int _channels;
    private readonly float[] _wavelengths;
    private readonly CellProposals _proposals;
    private readonly Linear _position;
    private readonly LayerNorm _positionNorm;
    private readonly Linear _classHead;
    private readonly MultiLayerPerceptron _boxHead;

    /// <summary>Adds the queries' parameters.</summary>
    /// <param name="parameters">Takes transformer.enc_output, enc_output_norm, pos_trans and pos_trans_norm.</param>
    /// <param name="prefix">What stands before each name.</param>
    /// <param name="options">The model's shape.</param>
    /// <param name="classHead">Reads classes from cells.</param>
    /// <param name="boxHead">Moves the cells' boxes.</param>
    internal ProposedQueries(ParameterSet parameters, string prefix, DetrOptions options, Linear classHead, MultiLayerPerceptron boxHead)
    {
        (_count, _channels, _classHead, _boxHead) = (options.Queries, options.Transformer.Channels, classHead, boxHead);
        _wavelengths = new SinePositionOptions().Wavelengths(_channels / 2);
        _proposals = new CellProposals(parameters, $"{prefix}transformer.", _channels);
        _position = new Linear(parameters, $"{prefix}transformer.pos_trans", 2 * _channels, 2 * _channels);
        _positionNorm = new LayerNorm(parameters, $"{prefix}transformer.pos_trans_norm", 2 * _channels);
    }

    /// <inheritdoc/>
    public DecoderQueries Start(ForwardContext context, ImageTokens memory, DenoisingQueries? denoising)
    {
        using Scope scope = context.Scope();
        (Tensor cells, Tensor places) = _proposals.Forward(context, memory);
        Tensor logits = _classHead.Forward(context, cells), boxes = context.Add(_boxHead.Forward(context, cells), places);
        int[] best = memory.Chosen ?? CellProposals.Best(logits, _count, static logits => logits[0]);
        Tensor points = context.Sigmoid(CellProposals.Choose(context, context.Detach(boxes), best));
        Tensor both = _positionNorm.Forward(context, _position.Forward(context, context.SineEncoding(points, Order, _wavelengths)));
        return new DecoderQueries(scope.Keep(context.Slice(both, 2, _channels, _channels)))
        {
            Embedding = scope.Keep(context.Slice(both, 2, 0, _channels)),
            Points = scope.Keep(points),
            Proposals = new DetrOutput(scope.Keep(logits), scope.Keep(context.Sigmoid(boxes)), []) { Scoring = ClassScoring.Sigmoid },
        };
    }
}
