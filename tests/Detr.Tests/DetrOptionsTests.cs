using Detr.Models;

namespace Detr.Tests;

/// <summary>What a model says of the pictures it wants.</summary>
public sealed class DetrOptionsTests
{
    [Fact]
    public void A_size_that_is_not_said_is_the_published_one()
    {
        DetrOptions options = new() { Size = 0, MaximumSize = 0 };
        Assert.Equal((800, 1333), (options.Size, options.MaximumSize));
    }

    [Fact]
    public void A_negative_size_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetrOptions { Size = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetrOptions { MaximumSize = -1 });
    }
}
