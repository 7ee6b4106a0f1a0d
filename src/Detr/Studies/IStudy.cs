namespace Detr.Studies;

/// <summary>An experiment on DETR: it trains or loads what it needs, and answers one question with numbers.</summary>
public interface IStudy
{
    /// <summary>What it is called on the command line, such as <c>layers</c>.</summary>
    string Name { get; }

    /// <summary>What it asks, in one sentence.</summary>
    string Question { get; }

    /// <summary>What the paper found, with its table or figure, in one sentence.</summary>
    string Paper { get; }

    /// <summary>Whether its numbers are of models that are trained for it, not of one that was there before.</summary>
    bool TrainsModels { get; }

    /// <summary>Whether each training is done with as many seeds as <see cref="StudyWorkshop.Seeds"/> says, and not once.</summary>
    bool RepeatsTrainings => false;

    /// <summary>Does the experiment. What was trained for it, or for another study in the same folder, is not trained again.</summary>
    /// <param name="workshop">Where models and scenes come from.</param>
    /// <param name="cancellationToken">Stops the work; a training goes on where it stood when the study is run again.</param>
    /// <exception cref="InvalidDataException">A file of the workshop's folder, or the weights it was given, do not fit.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    StudyResult Run(StudyWorkshop workshop, CancellationToken cancellationToken = default);
}
