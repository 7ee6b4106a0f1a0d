using Detr.Tensors.Checkpoints;

namespace Detr.Training;

/// <summary>Keeps a second process out of a run's folder. The system lets go of it when the process ends, however that happens.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes a folder, and deletes what a killed process left in it half written.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">Another process has it, or it cannot be written to.</exception>
    internal static RunLock Take(string folder)
    {
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (Directory.Exists(folder))
        {
            throw new IOException($"Another process trains in {folder}; let it end, or choose another --out.", error);
        }

        AtomicFile.DeleteLeftovers(folder);
        return new RunLock(file);
    }

    public void Dispose() => _file.Dispose();
}
