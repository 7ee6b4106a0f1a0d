using System.Globalization;

namespace Detr.Imaging;

/// <summary>An axis: the numbers it spans and the round ones it marks.</summary>
internal sealed class AxisScale
{
    private readonly int _decimals;

    /// <summary>Fits an axis around some numbers.</summary>
    /// <param name="values">The numbers; those that are infinite or not a number are left out.</param>
    /// <param name="marks">About how many marks there is room for; at least 1.</param>
    /// <param name="toMarks">Whether the axis ends at marks rather than at the outermost numbers.</param>
    /// <param name="leastStep">The least distance between two marks, such as 1 where only whole numbers mean something.</param>
    public AxisScale(IEnumerable<double> values, int marks, bool toMarks, double leastStep = 0)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite))
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low > high)
        {
            (low, high) = (0, 1);
        }
        else if (high - low <= Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9)
        {
            // One value only, or as good as one: give it room on both sides.
            double room = low == 0 ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - room, high + room);
        }

        double step = NiceStep(Math.Max((high - low) / Math.Max(marks, 1), leastStep));
        (Low, High) = toMarks ? (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step) : (low, high);
        _decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 12);
        double first = Math.Ceiling(Low / step - 1e-9);
        double last = Math.Floor(High / step + 1e-9);
        Marks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    /// <summary>The number at the axis's start.</summary>
    public double Low { get; }

    /// <summary>The number at its end.</summary>
    public double High { get; }

    /// <summary>The round numbers to mark, upwards.</summary>
    public IReadOnlyList<double> Marks { get; }

    /// <summary>Where a number lies: 0 at the start, 1 at the end.</summary>
    public double Position(double value) => (value - Low) / (High - Low);

    /// <summary>A mark as text, with as many decimals as tell it from its neighbours.</summary>
    public string Format(double mark)
    {
        double size = Math.Max(Math.Abs(Low), Math.Abs(High));
        bool isZero = Math.Abs(mark) < size * 1e-9;
        return size is >= 1e6 or < 1e-4
            ? isZero ? "0" : mark.ToString("0.###e0", CultureInfo.InvariantCulture)
            : (isZero ? 0 : mark).ToString("F" + _decimals, CultureInfo.InvariantCulture);
    }

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that is no less than a number.</summary>
    private static double NiceStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double share = least / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }
}
