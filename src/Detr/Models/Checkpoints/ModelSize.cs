namespace Detr.Models;

/// <summary>How many numbers a model has, found from its options alone, so that options from a file cost nothing until they are believed.</summary>
internal static class ModelSize
{
    /// <summary>Elements of all parameters and buffers; a double, since nonsense options may ask for any number.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">A size is below one.</exception>
    internal static double Elements(DetrOptions options)
    {
        (BackboneOptions backbone, TransformerOptions transformer) = (options.Backbone, options.Transformer);
        int[] sizes =
        [
            .. backbone.Blocks, backbone.Blocks.Count, backbone.Width, backbone.StemKernel, transformer.Channels, transformer.Heads,
            transformer.EncoderLayers + 1, transformer.DecoderLayers, transformer.FeedForward, options.Queries, options.Classes,
        ];
        if (sizes.Min() < 1)
        {
            throw new ArgumentException("All of its sizes must be at least 1.", nameof(options));
        }

        double channels = transformer.Channels, feedForward = transformer.FeedForward;
        (double body, double features) = Backbone(backbone);
        double attention = 4 * Linear(channels, channels), norm = 2 * channels;
        double layer = attention + norm + Linear(channels, feedForward) + Linear(feedForward, channels) + norm;
        double encoder = (transformer.EncoderLayers * layer) + (transformer.PreNorm ? norm : 0);
        double decoder = (transformer.DecoderLayers * (layer + attention + norm)) + norm;
        double heads = Linear(channels, options.Classes + 1.0) + (2 * Linear(channels, channels)) + Linear(channels, 4);
        double positions = options.PositionEmbedding == PositionEmbedding.Learned ? LearnedPositionEncoding.Places * channels : 0;
        return body + Linear(features, channels) + encoder + decoder + heads + (options.Queries * channels) + positions + (options.Masks ? MaskHead(options) : 0);
    }

    private static double MaskHead(DetrOptions options)
    {
        double channels = options.Transformer.Channels, inputs = channels + options.Transformer.Heads, outputs = inputs;
        double sum = 2 * Linear(channels, channels);
        int laterals = Models.MaskHead.Laterals(options.Backbone);
        for (int i = 0; i <= laterals + 1; (inputs, outputs) = (outputs, Math.Floor(channels / Math.Pow(2, ++i))))
        {
            sum += Linear(9 * inputs, outputs) + (2 * outputs);
        }

        for (int i = 1; i <= laterals; i++)
        {
            double stage = options.Backbone.Width * Math.Pow(2, options.Backbone.Blocks.Count - 1 - i) * (options.Backbone.Bottleneck ? 4 : 1);
            sum += Linear(stage, Math.Floor(channels / Math.Pow(2, i)));
        }

        return sum + Linear(9 * inputs, 1);
    }

    private static (double Elements, double Features) Backbone(BackboneOptions options)
    {
        double channels = options.Width, width = options.Width, sum = Convolution(3, channels, options.StemKernel);
        foreach (int blocks in options.Blocks)
        {
            double outputs = options.Bottleneck ? 4 * width : width;
            double shortcut = channels == outputs ? 0 : Convolution(channels, outputs, 1);
            sum += Block(channels) + shortcut + ((blocks - 1) * Block(outputs));
            (channels, width) = (outputs, 2 * width);

            double Block(double inputs) => options.Bottleneck
                ? Convolution(inputs, width, 1) + Convolution(width, width, 3) + Convolution(width, outputs, 1)
                : Convolution(inputs, width, 3) + Convolution(width, width, 3);
        }

        return (sum, channels);
    }

    private static double Linear(double inputs, double outputs) => (inputs + 1) * outputs;

    /// <summary>A convolution without bias, and its batch norm's four numbers a channel.</summary>
    private static double Convolution(double inputs, double outputs, double kernel) => ((inputs * kernel * kernel) + 4) * outputs;
}
