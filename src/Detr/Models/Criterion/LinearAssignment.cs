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

        // The shorter side's members join one by one; strides stand for a transposed copy.
        return rows <= columns
            ? Pairs(Augment(cost, rows, columns, columns, 1).ColumnOf, rows)
            : Pairs(Augment(cost, columns, rows, 1, columns).RowOf, columns);
    }

    /// <summary>The partners of those that have one, in order.</summary>
    private static (int Row, int Column)[] Pairs(ReadOnlySpan<int> partners, int count)
    {
        (int Row, int Column)[] pairs = new (int, int)[count];
        int next = 0;
        for (int i = 0; i < partners.Length; i++)
        {
            if (partners[i] >= 0)
            {
                pairs[next++] = (i, partners[i]);
            }
        }

        return pairs;
    }

    /// <summary>
    /// The column of each row and the row of each column, or −1, for rows ≤ columns: rows join one by one, each along a
    /// shortest path of reduced costs.
    /// </summary>
    private static (int[] ColumnOf, int[] RowOf) Augment(ReadOnlySpan<double> cost, int rows, int columns, int rowStep, int columnStep)
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

                    double through = shortest + cost[(row * rowStep) + (j * columnStep)] - rowPrice[row] - columnPrice[j];
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

        return (columnOf, rowOf);
    }
}
