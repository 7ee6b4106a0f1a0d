using System.Security.Cryptography;
using System.Text.Json;

namespace Detr.Imaging.Tests;

/// <summary>Pictures of many encodings with the hashes of Pillow's RGB bytes.</summary>
internal static class GoldenImages
{
    /// <summary>Files under Fixtures, of which every index.json gives the hashes.</summary>
    public static IEnumerable<string> Names => Folders.SelectMany(
        folder => Index(folder).Select(entry => $"{folder}/{entry.Key}"));

    public static IEnumerable<string> Bad =>
        Directory.EnumerateFiles(TestPictures.Fixture("Images/bad")).Select(path => "Images/bad/" + Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Folders => new[] { "Images", "OddImages" }.Where(folder => Directory.Exists(TestPictures.Fixture(folder)));

    public static JsonElement Expected(string name) => Index(Path.GetDirectoryName(name)!)[Path.GetFileName(name)];

    public static string Hash(RgbImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Pixels));

    private static Dictionary<string, JsonElement> Index(string folder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestPictures.Fixture(folder + "/index.json")));
        return document.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.Clone());
    }
}
