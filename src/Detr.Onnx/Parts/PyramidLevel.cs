using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>One of several feature maps, and where its cells lie.</summary>
internal sealed class PyramidLevel
{
    /// <summary>Finds where its cells lie.</summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="map">[batch, channels, height, width].</param>
    /// <param name="padded">Which cells are padding, [batch, height, width].</param>
    internal PyramidLevel(OnnxGraph graph, string map, string padded)
    {
        GraphPart part = graph.Part("places");
        (Height, Width) = (part.Size(map, 2), part.Size(map, 3));
        Cells = part.Multiply(Height, Width);

        // Images lie in the upper left corner: their first row and column say how far they go.
        string image = part.ToFloat(part.Not(padded));
        string columns = part.ReduceSum(part.Gather(image, graph.Scalar(0L), 1), 1), rows = part.ReduceSum(part.Gather(image, graph.Scalar(0L), 2), 1);
        Present = part.Reshape(image, 0, -1, 1);
        Filled = part.Unsqueeze(part.Concat(1, part.Divide(columns, part.ToFloat(Width)), part.Divide(rows, part.ToFloat(Height))), 1);
        string shape = part.Shape(padded);
        string across = part.Expand(part.Unsqueeze(Middles(Width, columns), 1), shape), down = part.Expand(part.Unsqueeze(Middles(Height, rows), 2), shape);
        Places = part.Reshape(part.Concat(3, part.Unsqueeze(across, 3), part.Unsqueeze(down, 3)), 0, -1, 2);

        string Middles(string size, string inside)
        {
            string middles = part.Add(part.ToFloat(part.Range(part.ToScalar(size))), graph.Scalar(0.5f));
            return part.Divide(middles, part.Max(inside, graph.Scalar(1f)));
        }
    }

    /// <summary>Rows, a list of one.</summary>
    internal string Height { get; }

    /// <summary>Columns, a list of one.</summary>
    internal string Width { get; }

    /// <summary>How many cells it has, a list of one.</summary>
    internal string Cells { get; }

    /// <summary>0 for padding and 1 for other cells, [batch, cells, 1].</summary>
    internal string Present { get; }

    /// <summary>The share of its columns and of its rows that each image fills, [batch, 1, 2].</summary>
    internal string Filled { get; }

    /// <summary>The cells' middles, x and y in shares of the image without its padding, [batch, cells, 2].</summary>
    internal string Places { get; }
}
