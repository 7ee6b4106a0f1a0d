namespace Detr.Kernels.Tests;

/// <summary>A child process's word on the instructions that it had; see <see cref="InstructionSetTests"/>.</summary>
public sealed class InstructionSetReport
{
    [Fact]
    public void The_kernels_use_the_best_instructions_that_the_process_has()
    {
        Microkernel kernel = Microkernel.Best;

        Assert.Equal(
            InstructionSets.Current switch
            {
                InstructionSets.Avx512 => (Avx512Microkernel.Rows, Avx512Microkernel.Columns),
                InstructionSets.Avx2 => (Avx2Microkernel.Rows, Avx2Microkernel.Columns),
                _ => (PortableMicrokernel.Rows, PortableMicrokernel.Columns),
            },
            (kernel.Rows, kernel.Columns));
        Assert.Equal(
            InstructionSets.Current switch
            {
                InstructionSets.Avx512 => Avx512ByteMicrokernel.Columns,
                InstructionSets.Avx2 => Avx2ByteMicrokernel.Rows,
                _ => PortableByteMicrokernel.Rows,
            },
            InstructionSets.Current == InstructionSets.Avx512 ? ByteMicrokernel.Best.Columns : ByteMicrokernel.Best.Rows);

        if (Environment.GetEnvironmentVariable(InstructionSets.ReportVariable) is { Length: > 0 } path)
        {
            File.WriteAllText(path, InstructionSets.Current);
        }
    }
}
