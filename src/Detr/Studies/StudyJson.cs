using System.Text.Json;

namespace Detr.Studies;

/// <summary>Studies as JSON.</summary>
public static class StudyJson
{
    /// <summary>Writes a study with its result.</summary>
    /// <param name="json">Takes one object.</param>
    /// <param name="study">The study.</param>
    /// <param name="workshop">Where it was done.</param>
    /// <param name="result">What it found.</param>
    public static void Write(Utf8JsonWriter json, IStudy study, StudyWorkshop workshop, StudyResult result)
    {
        json.WriteStartObject();
        json.WriteString("study", study.Name);
        json.WriteString("question", study.Question);
        json.WriteString("paper", study.Paper);
        json.WriteString("finding", result.Finding);
        json.WriteStartObject("settings");
        json.WriteNumber("size", workshop.Recipe.Size);
        json.WriteNumber("steps", workshop.Recipe.Steps);
        json.WriteNumber("batch_size", workshop.Recipe.BatchSize);
        json.WriteNumber("seed", workshop.Recipe.Seed);
        json.WriteNumber("seeds", study.RepeatsTrainings ? workshop.Seeds : 1);
        json.WriteNumber("count", workshop.ValidationScenes);
        json.WriteString("weights", Path.GetFileName(workshop.WeightsFile));
        json.WriteEndObject();
        json.WriteStartArray("tables");
        foreach (StudyTable table in result.Tables)
        {
            Write(json, table);
        }

        json.WriteEndArray();
        json.WriteStartArray("figures");
        foreach (StudyFigure figure in result.Figures)
        {
            json.WriteStartObject();
            json.WriteString("file", StudyFolder.PictureName(study, figure));
            json.WriteString("caption", figure.Caption);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StudyTable table)
    {
        json.WriteStartObject();
        json.WriteString("title", table.Title);
        json.WriteString("subject", table.Subject);
        json.WriteStartArray("columns");
        foreach (StudyColumn column in table.Columns)
        {
            json.WriteStringValue(column.Title);
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (StudyRow row in table.Rows)
        {
            json.WriteStartObject();
            json.WriteString("label", row.Label);
            json.WriteStartArray("values");
            foreach (double? value in row.Values)
            {
                if (value is { } number && double.IsFinite(number))
                {
                    json.WriteNumberValue(number);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
