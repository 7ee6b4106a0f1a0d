using Detr.Testing;

namespace Detr.Tests.Golden;

/// <summary>
/// The reference's numbers again with fewer instructions. Without AVX the kernels are the portable ones, still in the
/// vectors of 128 bits that every 64-bit processor has; without those the runtime imitates them a hundred times more
/// slowly, so that whole models are left to the levels before.
/// </summary>
public sealed class InstructionSetTests
{
    public static TheoryData<string, Type[]> Levels => new()
    {
        {
            "DOTNET_EnableAVX512",
            [typeof(PositionEncodingGoldenTests), typeof(BackboneGoldenTests), typeof(DetrGoldenTests), typeof(CriterionGoldenTests), typeof(TrainingGoldenTests)]
        },
        { "DOTNET_EnableAVX", [typeof(PositionEncodingGoldenTests), typeof(DetrGoldenTests), typeof(CriterionGoldenTests)] },
        { "DOTNET_EnableHWIntrinsic", [typeof(PositionEncodingGoldenTests)] },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public Task Golden_numbers_hold_with_fewer_instructions(string runtimeSwitch, Type[] classes)
        => FewerInstructions.AssertPassAsync(runtimeSwitch, classes.SelectMany(name => new[] { "-class", name.FullName! }));
}
