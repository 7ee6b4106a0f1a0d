using Detr.Models;

namespace Detr.Tests;

/// <summary>The assignment solver against trying everything.</summary>
public sealed class LinearAssignmentTests
{
    [Fact]
    public void Every_small_problem_is_solved_at_the_least_cost()
    {
        Random random = new(1);
        for (int round = 0; round < 400; round++)
        {
            int rows = random.Next(1, 7), columns = random.Next(1, 7);
            bool ties = round % 3 == 0;
            double[] cost = [.. Enumerable.Range(0, rows * columns).Select(_ => ties ? random.Next(3) : (random.NextDouble() * 10) - 5)];
            (int Row, int Column)[] pairs = LinearAssignment.Solve(cost, rows, columns);
            Assert.Equal(Math.Min(rows, columns), pairs.Length);
            Assert.Equal(pairs.Length, pairs.Select(pair => pair.Row).Distinct().Count());
            Assert.Equal(pairs.Length, pairs.Select(pair => pair.Column).Distinct().Count());
            Assert.Equal(pairs.OrderBy(pair => pair.Row), pairs);
            Assert.Equal(Least(cost, rows, columns), pairs.Sum(pair => cost[(pair.Row * columns) + pair.Column]), 1e-9);
        }
    }

    [Fact]
    public void Nothing_to_assign_gives_nothing() => Assert.Empty(LinearAssignment.Solve([], 0, 5));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_cost_that_is_no_number_is_refused(double value) => Assert.Throws<ArgumentException>(() => LinearAssignment.Solve([1, value, 2, 3], 2, 2));

    private static double Least(double[] cost, int rows, int columns)
    {
        return rows <= columns ? Try(0, 0) : TryColumns(0, 0);

        double Try(int row, int used)
        {
            if (row == rows)
            {
                return 0;
            }

            double least = double.PositiveInfinity;
            for (int column = 0; column < columns; column++)
            {
                if ((used >> column & 1) == 0)
                {
                    least = Math.Min(least, cost[(row * columns) + column] + Try(row + 1, used | (1 << column)));
                }
            }

            return least;
        }

        double TryColumns(int column, int used)
        {
            if (column == columns)
            {
                return 0;
            }

            double least = double.PositiveInfinity;
            for (int row = 0; row < rows; row++)
            {
                if ((used >> row & 1) == 0)
                {
                    least = Math.Min(least, cost[(row * columns) + column] + TryColumns(column + 1, used | (1 << row)));
                }
            }

            return least;
        }
    }
}
