using System.Text;

namespace Detr.Data;

/// <summary>
/// COCO's compressed text of a mask's runs. Each number is cut into groups of five bits, the lowest first, a sixth bit saying
/// whether more follow and the top one of the last group being the sign; each group is a character from '0' on. From the
/// fourth run on it is the difference from the run before the last that is written, for neighbouring columns are alike.
/// </summary>
public static class RunLengthText
{
    private const char Zero = '0';
    private const int GroupBits = 5;
    private const int Group = (1 << GroupBits) - 1;
    private const int Sign = 1 << (GroupBits - 1);
    private const int More = 1 << GroupBits;
    private const int LongestNumber = 7;
    private const int FirstDifference = 3;

    /// <summary>Reads a mask.</summary>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="width">Columns; at least 1.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="InvalidDataException">It is not such a text, or is not of a mask of this size.</exception>
    public static RunLengthMask Parse(int height, int width, string text)
    {
        List<int> runs = [];
        for (int i = 0; i < text.Length;)
        {
            long number = 0;
            int shift = 0, group;
            do
            {
                group = i < text.Length ? text[i++] - Zero : -1;
                if (group is < 0 or > Group + More || shift == LongestNumber * GroupBits)
                {
                    throw new InvalidDataException("The text of a mask's runs is damaged; export the annotations again.");
                }

                number |= (long)(group & Group) << shift;
                shift += GroupBits;
            }
            while ((group & More) != 0);

            number |= (group & Sign) != 0 ? -1L << shift : 0;
            number += runs.Count >= FirstDifference ? runs[^2] : 0;
            runs.Add(number is >= 0 and <= int.MaxValue ? (int)number : -1);
        }

        return RunLengthMask.FromRuns(height, width, [.. runs]);
    }

    /// <summary>Writes a mask.</summary>
    public static string Format(RunLengthMask mask)
    {
        StringBuilder text = new();
        ReadOnlySpan<int> runs = mask.Runs;
        for (int i = 0; i < runs.Length; i++)
        {
            long number = i >= FirstDifference ? (long)runs[i] - runs[i - 2] : runs[i];
            bool more;
            do
            {
                int group = (int)(number & Group);
                number >>= GroupBits;
                more = number != ((group & Sign) != 0 ? -1 : 0);
                text.Append((char)(Zero + group + (more ? More : 0)));
            }
            while (more);
        }

        return text.ToString();
    }
}
