using Detr.Imaging;

namespace Detr.Studies;

/// <summary>A picture that a study made.</summary>
/// <param name="FileName">The file's name without its ending, in small letters with dashes; no other figure of the study has it.</param>
/// <param name="Caption">What it shows, in one sentence.</param>
/// <param name="Picture">The picture.</param>
public sealed record StudyFigure(string FileName, string Caption, RgbImage Picture);
