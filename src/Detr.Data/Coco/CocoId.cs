using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Detr.Data;

/// <summary>An id in COCO's JSON: a whole number, which some tools write as text or as 3.0, or any other text.</summary>
/// <param name="Number">The number; 0 where it is other text.</param>
/// <param name="Text">The text, or null where it is a number.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct CocoId(long Number, string? Text)
{
    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a picture, where no other will do.</summary>
    /// <exception cref="InvalidDataException">It is not a whole number.</exception>
    internal long ToImageNumber() => Text is null
        ? Number
        : throw new InvalidDataException($"Image id '{this}' is not a whole number; detections can only be scored in images with numbers.");

    /// <summary>The number of a category, where no other will do.</summary>
    /// <exception cref="InvalidDataException">It is not a whole number.</exception>
    internal int ToCategoryNumber() => Text is null && Number is >= int.MinValue and <= int.MaxValue
        ? (int)Number
        : throw new InvalidDataException($"Category id '{this}' is not a whole number; what is found can only be scored against categories with numbers.");

    /// <summary>The numbers of some ids: their own where all have one that fits, else their places from 1.</summary>
    /// <param name="ids">The ids, each once.</param>
    /// <param name="largest">The largest number that fits.</param>
    internal static Dictionary<CocoId, long> Numbers(IEnumerable<CocoId> ids, long largest)
    {
        CocoId[] all = [.. ids];
        bool areNumbers = all.All(id => id.Text is null && id.Number >= -largest && id.Number <= largest);
        return all.Select((id, place) => (id, Number: areNumbers ? id.Number : place + 1)).ToDictionary(pair => pair.id, pair => pair.Number);
    }

    internal sealed class Converter : JsonConverter<CocoId>
    {
        // Beyond 2^53 not every whole number is a double.
        private const double LargestExact = 9007199254740992;

        public override CocoId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                string text = reader.GetString()!;
                return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long parsed) ? new CocoId(parsed, null) : new CocoId(0, text);
            }

            if (reader.TokenType == JsonTokenType.Number)
            {
                if (reader.TryGetInt64(out long number))
                {
                    return new CocoId(number, null);
                }

                if (reader.TryGetDouble(out double value) && double.IsInteger(value) && Math.Abs(value) <= LargestExact)
                {
                    return new CocoId((long)value, null);
                }
            }

            throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, CocoId value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
