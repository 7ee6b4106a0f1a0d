using System.IO.Compression;
using Detr.Tensors.Checkpoints;

namespace Detr.Tensors.Tests.Checkpoints;

/// <summary>Pickles and files made to do harm: each is refused in one sentence, soon, and without the memory that it asks for.</summary>
public sealed class HostilePyTorchTests : IDisposable
{
    private const long Huge = 1L << 60;
    private readonly string _folder = Directory.CreateTempSubdirectory("detr-pickle").FullName;

    public static TheoryData<string> Good => ["tensors_zip.pth", "tensors_legacy.pth", "training_zip.pth", "training_legacy.pth"];

    public static TheoryData<string> BadViews => new(BadTensors.Keys);

    private static Dictionary<string, (long Stored, long Offset, long[] Shape, long[] Strides)> BadTensors { get; } = new()
    {
        ["a storage of 2^60"] = (Huge, 0, [12], [1]),
        ["a storage of -1"] = (-1, 0, [0], [1]),
        ["a shape of 2^60"] = (12, 0, [Huge], [1]),
        ["a shape of 2^60 by strides of 0"] = (12, 0, [1 << 20, 1 << 20, 1 << 20], [0, 0, 0]),
        ["a shape of 2^30 by strides of 0"] = (12, 0, [1 << 15, 1 << 15], [0, 0]),
        ["a shape that overflows"] = (12, 0, [1L << 31, 1L << 31, 1L << 31, 1L << 31], [1, 1, 1, 1]),
        ["a negative axis"] = (12, 0, [-1], [1]),
        ["two negative axes"] = (12, 0, [-3, -4], [4, 1]),
        ["a negative stride"] = (12, 11, [12], [-1]),
        ["a huge stride"] = (12, 0, [2, 2], [long.MaxValue, long.MaxValue]),
        ["a negative offset"] = (12, -1, [2], [1]),
        ["a huge offset"] = (12, long.MaxValue, [2], [1]),
        ["one past the end"] = (12, 1, [3, 4], [4, 1]),
        ["one past the end by a stride"] = (12, 0, [4, 2], [3, 3]),
        ["more than the file has"] = (13, 0, [13], [1]),
        ["fewer strides than axes"] = (12, 0, [3, 4], [1]),
        ["too many axes"] = (12, 0, [.. Enumerable.Repeat(1L, 100)], [.. Enumerable.Repeat(1L, 100)]),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(BadViews))]
    public void A_view_that_is_not_in_its_storage_is_refused(string what)
    {
        (long stored, long offset, long[] shape, long[] strides) = BadTensors[what];
        AssertRefused(Pickle(builder => builder.Tensor(stored, offset, shape, strides)));
    }

    [Fact]
    public void A_storage_that_claims_more_than_the_file_has_is_refused()
    {
        byte[] pickle = Pickle(builder => builder.Tensor(Huge, 0, [12], [1]));
        PickleBuilder.WriteLegacy(FilePath("claims.pth"), pickle, 12, claimed: Huge);
        AssertRefused(FilePath("claims.pth"));
        PickleBuilder.WriteLegacy(FilePath("negative.pth"), Pickle(builder => builder.Tensor(-Huge, 0, [12], [1])), 12, claimed: -Huge);
        AssertRefused(FilePath("negative.pth"));
    }

    [Theory]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 0, 2 }, new float[] { 0, 2, 4, 0, 2, 4 })]
    [InlineData(3, new long[] { 3, 1 }, new long[] { 4, 999 }, new float[] { 3, 7, 11 })]
    [InlineData(11, new long[] { }, new long[] { }, new float[] { 11 })]
    [InlineData(12, new long[] { 0 }, new long[] { 1 }, new float[] { })]
    [InlineData(0, new long[] { 2, 2, 2 }, new long[] { 1, 2, 6 }, new float[] { 0, 6, 2, 8, 1, 7, 3, 9 })]
    public void Odd_views_are_read_as_torch_reads_them(long offset, long[] shape, long[] strides, float[] expected)
    {
        byte[] pickle = Pickle(builder => builder.Tensor(12, offset, shape, strides));
        PickleBuilder.WriteZip(FilePath("odd.pth"), pickle, 12);
        PickleBuilder.WriteLegacy(FilePath("odd_legacy.pth"), pickle, 12);
        foreach (string file in new[] { "odd.pth", "odd_legacy.pth" })
        {
            using Checkpoint checkpoint = Checkpoint.Open(FilePath(file));
            Assert.Equal(expected, checkpoint.Tensors["w"].ToFloats());
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("]")]
    [InlineData("}")]
    [InlineData("N")]
    [InlineData("](")]
    [InlineData("N2")]
    [InlineData("]q\0(h\0h\0h\0")]
    [InlineData(")\u0094")]
    public void Endless_nesting_and_remembering_end(string repeated)
    {
        PickleBuilder builder = new();
        for (int i = 0; i < 1_200_000; i++)
        {
            builder.Raw(repeated);
        }

        AssertRefused(builder.Raw(".").ToArray());
    }

    [Fact]
    public void Values_nested_deeply_are_read_without_a_deep_stack()
    {
        // Sixty thousand lists, each in the one before; then the same in tuples, as the key of a dictionary.
        PickleBuilder builder = new PickleBuilder().Raw("}(").Text("w").Tensor(12, 0, [3, 4], [4, 1]).Text("deep");
        builder.Raw(string.Concat(Enumerable.Repeat("]", 60_000)) + string.Concat(Enumerable.Repeat("a", 59_999)));
        builder.Raw(")" + string.Concat(Enumerable.Repeat("\u0085", 60_000))).Text("value").Raw("u.");
        PickleBuilder.WriteZip(FilePath("deep.pth"), builder.ToArray(), 12);
        using Checkpoint checkpoint = Checkpoint.Open(FilePath("deep.pth"));
        Assert.Equal("w", Assert.Single(checkpoint.Tensors.Keys));
    }

    [Fact]
    public void A_value_that_doubles_sixty_times_is_never_unfolded()
    {
        // x = (x, x), sixty times: 2^60 leaves for who walks it; as a key it would be hashed.
        PickleBuilder builder = new PickleBuilder().Raw("}(").Text("w").Tensor(12, 0, [3, 4], [4, 1]).Raw(")");
        builder.Raw(string.Concat(Enumerable.Repeat("2\u0086", 60))).Text("key").Raw("u.");
        PickleBuilder.WriteZip(FilePath("doubling.pth"), builder.ToArray(), 12);
        using Checkpoint checkpoint = Checkpoint.Open(FilePath("doubling.pth"));
        Assert.Equal(12, checkpoint.Tensors["w"].Length);
    }

    [Theory]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f")]
    [InlineData("T\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("B\u00ff\u00ff\u00ff\u007f")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")]
    [InlineData("\u008e\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0080")]
    public void Texts_longer_than_the_file_are_refused(string instruction) => AssertRefused(new PickleBuilder().Raw(instruction).Raw("abc.").ToArray());

    [Theory]
    [InlineData(".")]
    [InlineData("0.")]
    [InlineData("t.")]
    [InlineData("(0.")]
    [InlineData("\u0085.")]
    [InlineData("Na.")]
    [InlineData("]Nb.")]
    [InlineData("h\u0007.")]
    [InlineData("NNR.")]
    [InlineData("NQ.")]
    [InlineData("}(Nu.")]
    [InlineData("ctorch\nFloatStorage\n)R.")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.")]
    [InlineData("ctorch._utils\n_rebuild_parameter\n(NNNtR.")]
    [InlineData("N.")]
    [InlineData("].")]
    [InlineData("}.")]
    [InlineData("\u0080\u0002")]
    [InlineData("iposix\nsystem\n.")]
    [InlineData("(cposix\nsystem\no.")]
    [InlineData("Vtext\n.")]
    [InlineData("\u0082\u0001.")]
    [InlineData("P0\n.")]
    public void Nonsense_is_refused(string instructions) => AssertRefused(new PickleBuilder().Raw(instructions).ToArray());

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("torch", "load")]
    [InlineData("torch.hub", "load")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    [InlineData("collections.OrderedDict", "")]
    [InlineData("models.detr", "DETR")]
    [InlineData("os\u001b[2J", "system")]
    public void Other_globals_are_named_and_refused(string module, string name)
    {
        byte[] pickle = new PickleBuilder().Global(module, name).Raw(")R.").ToArray();
        string said = AssertRefused(pickle);
        Assert.Contains($"{module}.{name}".Replace('\u001b', '?'), said, StringComparison.Ordinal);

        // The other instruction that names a global, of protocol 4.
        Assert.Contains("refused", AssertRefused(new PickleBuilder().Text(module).Text(name).Raw("\u0093)R.").ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_pairs_is_not_multiplied()
    {
        // OrderedDict([x, x, x …]) with a long x: a million times a million entries, were pairs not pairs.
        PickleBuilder builder = new PickleBuilder().Global("collections", "OrderedDict").Raw("((").Raw(new string('N', 50_000)).Raw("tq\0").Raw("0](");
        AssertRefused(builder.Raw(string.Concat(Enumerable.Repeat("h\0", 50_000))).Raw("etR.").ToArray());
    }

    [Fact]
    public void A_list_of_pairs_that_is_used_again_and_again_is_not_multiplied()
    {
        // Fifty thousand pairs in 100 kB, then a new dictionary of them for every six bytes.
        PickleBuilder builder = new PickleBuilder().Global("collections", "OrderedDict").Raw("q\0]q\u0001(NN\u0086q\u0002");
        builder.Raw(string.Concat(Enumerable.Repeat("h\u0002", 50_000))).Raw("e");
        AssertRefused(builder.Raw(string.Concat(Enumerable.Repeat("h\0h\u0001\u0085R", 50_000))).Raw(".").ToArray());
    }

    [Fact]
    public void One_tensor_under_a_million_names_is_refused()
    {
        long[] ones = [.. Enumerable.Repeat(1L, 64)];
        PickleBuilder builder = new PickleBuilder().Tensor(12, 0, ones, ones).Raw("q\u00010}");
        for (int i = 0; i < 1_000_000; i++)
        {
            string name = $"{i}";
            builder.Raw(0x8C, (byte)name.Length).Raw(name).Raw("h\u0001s");
        }

        Assert.Contains("more tensors", AssertRefused(builder.Raw(".").ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_without_an_end_in_sight_is_refused()
        => AssertRefused(new PickleBuilder().Raw(string.Concat(Enumerable.Repeat("N0", 10_000_000))).Raw("}.").ToArray());

    [Theory]
    [InlineData("Nr\u00ff\u00ff\u00ff\u00ff0j\u00fe\u00ff\u00ff\u00ff.")]
    [InlineData("j\u00ff\u00ff\u00ff\u007f.")]
    [InlineData("\u008a\u00ff.")]
    [InlineData("\u008bA\u00ff\u00ff\u00ff\u00ff.")]
    [InlineData("\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.")]
    [InlineData("\u0096\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.")]
    public void Impossible_counts_and_places_are_refused(string instructions) => AssertRefused(new PickleBuilder().Raw(instructions).ToArray());

    [Fact]
    public void A_number_of_two_thousand_bits_is_no_axis()
    {
        PickleBuilder builder = new PickleBuilder().Raw("}").Text("w").Global("torch._utils", "_rebuild_tensor_v2").Raw("((").Text("storage").Global("torch", "FloatStorage");
        builder.Text("0").Text("cpu").Integer(12).Raw("tQ").Integer(0).Raw("(").Raw(0x8A, 255).Raw([.. Enumerable.Repeat((byte)0x7F, 255)]).Raw("t");
        AssertRefused(builder.Integers(1).Raw(0x89).Global("collections", "OrderedDict").Raw(")RtRs.").ToArray());
    }

    [Fact]
    public void Values_that_hold_themselves_are_read()
    {
        // root["model"], root["args"] and a list in it are or hold the root.
        PickleBuilder builder = new PickleBuilder().Raw("}q\u0001(").Text("model").Raw("h\u0001").Text("args").Raw("h\u0001").Text("list").Raw("]h\u0001a");
        builder.Text("w").Tensor(12, 0, [3, 4], [4, 1]).Text("epoch").Integer(7);
        PickleBuilder.WriteZip(FilePath("round.pth"), builder.Raw("u.").ToArray(), 12);
        using Checkpoint checkpoint = Checkpoint.Open(FilePath("round.pth"));
        Assert.Equal("w", Assert.Single(checkpoint.Tensors.Keys));
        Assert.Equal("7", checkpoint.Metadata["args.epoch"]);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1")]
    [InlineData("0", "1")]
    public void Lists_of_other_storages_are_refused(params string[] keys)
    {
        PickleBuilder.WriteLegacy(FilePath("keys.pth"), Pickle(builder => builder.Tensor(12, 0, [12], [1])), new float[40], 12, keys);
        AssertRefused(FilePath("keys.pth"));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_file_cut_at_any_eighth_is_refused(string file)
    {
        byte[] whole = File.ReadAllBytes(Fixture(file));
        for (int eighth = 0; eighth < 8; eighth++)
        {
            File.WriteAllBytes(FilePath("cut.pth"), whole[..(whole.Length * eighth / 8)]);
            AssertRefused(FilePath("cut.pth"));
        }
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void Damage_anywhere_is_read_or_refused(string file)
    {
        byte[] whole = File.ReadAllBytes(Fixture(file));
        Random random = new(3);
        for (int round = 0; round < 400; round++)
        {
            byte[] damaged = [.. whole];
            for (int i = 0; i <= round % 3; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(FilePath("damaged.pth"), damaged);
            try
            {
                using Checkpoint checkpoint = Checkpoint.Open(FilePath("damaged.pth"));
                foreach (CheckpointTensor tensor in checkpoint.Tensors.Values)
                {
                    Assert.Equal(tensor.Length, tensor.ToFloats().Length);
                }
            }
            catch (InvalidDataException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public void Zip_archives_that_torch_did_not_write_are_refused()
    {
        byte[] pickle = Pickle(builder => builder.Tensor(1000, 0, [1000], [1]));
        PickleBuilder.WriteZip(FilePath("compressed.pth"), pickle, 1000, CompressionLevel.SmallestSize);
        Assert.Contains("compressed", AssertRefused(FilePath("compressed.pth")), StringComparison.Ordinal);
        PickleBuilder.WriteZip(FilePath("nested.pth"), pickle, 1000, folder: "a/b");
        AssertRefused(FilePath("nested.pth"));
        using (ZipArchive archive = ZipFile.Open(FilePath("none.pth"), ZipArchiveMode.Create))
        {
            archive.CreateEntry("readme.txt");
        }

        AssertRefused(FilePath("none.pth"));
        using (ZipArchive archive = ZipFile.Open(FilePath("twice.pth"), ZipArchiveMode.Create))
        {
            archive.CreateEntry("archive/data.pkl");
            archive.CreateEntry("archive/data.pkl");
        }

        AssertRefused(FilePath("twice.pth"));
    }

    [Fact]
    public void A_storage_that_is_not_there_is_named()
    {
        byte[] pickle = Pickle(builder => builder.Tensor(12, 0, [12], [1]));
        using (ZipArchive archive = ZipFile.Open(FilePath("lacks.pth"), ZipArchiveMode.Create))
        {
            using Stream stream = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            stream.Write(pickle);
        }

        Assert.Contains("calls 0", AssertRefused(FilePath("lacks.pth")), StringComparison.Ordinal);
    }

    private static byte[] Pickle(Action<PickleBuilder> value)
    {
        PickleBuilder builder = new PickleBuilder().Raw("}").Text("w");
        value(builder);
        return builder.Raw("s.").ToArray();
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);

    /// <summary>A pickle is refused in a file of either format.</summary>
    private string AssertRefused(byte[] pickle)
    {
        PickleBuilder.WriteZip(FilePath("hostile.pth"), pickle, 12);
        PickleBuilder.WriteLegacy(FilePath("hostile_legacy.pth"), pickle, 12);
        string said = AssertRefused(FilePath("hostile.pth"));
        AssertRefused(FilePath("hostile_legacy.pth"));
        return said;
    }

    private string AssertRefused(string path)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 300_000_000, "Too much memory was taken.");
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    private string FilePath(string name) => Path.Combine(_folder, name);
}
