using Detr.Onnx.Schema;

namespace Detr.Onnx.Tests;

/// <summary>What was written, read back from the bytes of the file.</summary>
internal static class Export
{
    internal static ModelProto Read(Action<string> write)
    {
        string folder = Directory.CreateTempSubdirectory("detr-onnx").FullName;
        try
        {
            string path = Path.Combine(folder, "model.onnx");
            write(path);
            Assert.Single(Directory.GetFiles(folder));
            return ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
