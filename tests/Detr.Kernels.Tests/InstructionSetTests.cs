using Detr.Testing;

namespace Detr.Kernels.Tests;

/// <summary>
/// Runs every other test of this assembly again in a process that has fewer instructions, so that each level of each
/// kernel meets the same oracles whatever machine the tests run on.
/// </summary>
public sealed class InstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512", InstructionSets.Avx2)]
    [InlineData("DOTNET_EnableAVX", InstructionSets.Portable)]
    [InlineData("DOTNET_EnableHWIntrinsic", InstructionSets.Portable)]
    public async Task All_kernel_tests_pass_with_fewer_instructions(string runtimeSwitch, string set)
    {
        string report = Path.GetTempFileName();
        try
        {
            await FewerInstructions.AssertPassAsync(
                runtimeSwitch, ["-class-", typeof(InstructionSetTests).FullName!], (InstructionSets.ReportVariable, report));
            AssertLevel(set, await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>A machine may have fewer instructions than the level asks for, never more.</summary>
    private static void AssertLevel(string asked, string found)
    {
        bool poorer = asked == InstructionSets.Avx2 && InstructionSets.Current == InstructionSets.Portable;
        Assert.Equal(poorer ? InstructionSets.Portable : asked, found);
    }
}
