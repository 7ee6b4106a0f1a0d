using System.Globalization;
using Detr.Models;

namespace Detr.Cli;

/// <summary>Object queries by number.</summary>
internal static class QueryOption
{
    /// <summary>Makes sure that a model has a query.</summary>
    /// <exception cref="InputException">It has not.</exception>
    internal static void Check(int query, DetrOptions model)
    {
        if (query < 0 || query >= model.AllQueries)
        {
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"--query {query} is not from 0 to {model.AllQueries - 1}, which are the model's object queries."));
        }
    }
}
