using Detr.Testing;

namespace Detr.Imaging.Tests;

/// <summary>Runs the tests of the vectorised code again in processes that have fewer instructions.</summary>
public sealed class InstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public Task ResizingIsTheSameWithFewerInstructions(string switchedOff)
        => FewerInstructions.AssertPassAsync(switchedOff, ["-class", typeof(ImageResizerTests).FullName!]);
}
