using Detr.Onnx.Graph;

namespace Detr.Onnx.Parts;

/// <summary>Sines and cosines of angles at several wavelengths, in turn.</summary>
internal sealed class WavesExport
{
    private readonly GraphPart _part;
    private readonly string _wavelengths;
    private readonly string _phases;

    /// <summary>Adds the waves' numbers.</summary>
    /// <param name="graph">Takes them.</param>
    /// <param name="name">What their names begin with.</param>
    /// <param name="wavelengths">What angles are divided by in each channel.</param>
    internal WavesExport(OnnxGraph graph, string name, float[] wavelengths)
    {
        float[] phases = new float[wavelengths.Length];
        for (int i = 0; i < phases.Length; i++)
        {
            // cos(x) = sin(x + π/2): even and odd channels are one sine.
            phases[i] = i % 2 == 0 ? 0f : MathF.PI / 2;
        }

        _part = graph.Part(name);
        _wavelengths = graph.Weights($"{name}.wavelengths", [wavelengths.Length], wavelengths);
        _phases = graph.Weights($"{name}.phases", [phases.Length], phases);
    }

    /// <summary>From […, 1] to […, wavelengths].</summary>
    internal string Of(string angles) => _part.Sin(_part.Add(_part.Divide(angles, _wavelengths), _phases));
}
