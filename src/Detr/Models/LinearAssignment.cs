namespace Detr.Models;

/// <summary>The assignment problem: pairs of rows and columns of least total cost, each used once.</summary>
public static class LinearAssignment
{
    /// <summary>
    /// The exact solution by shortest augmenting paths (Jonker and Volgenant 1987; Crouse 2016 for rectangles), O(n² m)
    /// for n ≤ m.
    /// </summary>
    /// <param name="cost">[rows, columns], row-major; all finite.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <returns>min(rows, columns) pairs, by ascending row.</returns>
    /// <exception cref="ArgumentException">There are too few costs, or one is not a finite number.</exception>
    public static (int Row, int Column)[] Solve(ReadOnlySpan<double> cost, int rows, int columns)
    {
        if (cost.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{cost.Length} costs are not {rows} × {columns}.", nameof(cost));
        }

        foreach (double value in cost)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"A cost is {value}; every cost must be a finite number.", nameof(cost));
            }
        }

        if (rows > columns)
        {
            double[] transposed = new double[cost.Length];
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    transposed[(j * rows) + i] = cost[(i * columns) + j];
                }
            }

            int[] rowOf = Augment(transposed, columns, rows);
            return [.. rowOf.Select((row, column) => (Row: row, Column: column)).OrderBy(pair => pair.Row)];
        }

        int[] columnOf = Augment(cost, rows, columns);
        return [.. columnOf.Select((column, row) => (row, column))];
    }

    /// <summary>The column of each row, rows ≤ columns: rows join one by one, each along a shortest path of reduced costs.</summary>
    private static int[] Augment(ReadOnlySpan<double> cost, int rows, int columns)
    {
        double[] rowPrice = new double[rows], columnPrice = new double[columns], distance = new double[columns];
        int[] columnOf = new int[rows], rowOf = new int[columns], from = new int[columns];
        bool[] rowSeen = new bool[rows], columnSeen = new bool[columns];
        columnOf.AsSpan().Fill(-1);
        rowOf.AsSpan().Fill(-1);
        for (int start = 0; start < rows; start++)
        {
            distance.AsSpan().Fill(double.PositiveInfinity);
            rowSeen.AsSpan().Clear();
            columnSeen.AsSpan().Clear();
            double shortest = 0;
            int row = start, end = -1;
            while (end < 0)
            {
                rowSeen[row] = true;
                double least = double.PositiveInfinity;
                int next = -1;
                for (int j = 0; j < columns; j++)
                {
                    if (columnSeen[j])
                    {
                        continue;
                    }

                    double through = shortest + cost[(row * columns) + j] - rowPrice[row] - columnPrice[j];
                    if (through < distance[j])
                    {
                        distance[j] = through;
                        from[j] = row;
                    }

                    // Among equals a free column ends the search at once.
                    if (distance[j] < least || (distance[j] == least && rowOf[j] < 0))
                    {
                        least = distance[j];
                        next = j;
                    }
                }

                shortest = least;
                columnSeen[next] = true;
                if (rowOf[next] < 0)
                {
                    end = next;
                }
                else
                {
                    row = rowOf[next];
                }
            }

            rowPrice[start] += shortest;
            for (int i = 0; i < rows; i++)
            {
                if (rowSeen[i] && i != start)
                {
                    rowPrice[i] += shortest - distance[columnOf[i]];
                }
            }

            for (int j = 0; j < columns; j++)
            {
                if (columnSeen[j])
                {
                    columnPrice[j] -= shortest - distance[j];
                }
            }

            for (int j = end; ;)
            {
                int i = from[j];
                rowOf[j] = i;
                (columnOf[i], j) = (j, columnOf[i]);
                if (i == start)
                {
                    break;
                }
            }
        }

        return columnOf;
    }
}
