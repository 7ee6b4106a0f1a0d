using System.Numerics;
using Detr.Imaging;
using Detr.Tensors;

namespace Detr.Data;

/// <summary>
/// Generated scenes of shapes on textured grounds, made when asked for: the same seed and index always give the same
/// scene, at any resolution. A category is a colour and a shape.
/// </summary>
/// <param name="count">How many scenes.</param>
/// <param name="seed">Decides all of them.</param>
/// <param name="options">What they look like.</param>
public sealed class ShapesDataset(int count, ulong seed, ShapesOptions options) : IPanopticDataset
{
    private const float SmallestRadius = 0.07f;
    private const float LargestRadius = 0.22f;
    private const float LargestOverlap = 0.3f;
    private const int Attempts = 12;

    private static readonly ShapeKind[] UsualKinds = [ShapeKind.Circle, ShapeKind.Square, ShapeKind.Triangle, ShapeKind.Star];
    private static readonly ShapeKind[] NewKinds = [ShapeKind.Hexagon, ShapeKind.Cross, ShapeKind.Arrow, ShapeKind.Diamond];
    private static readonly string[] UsualColors = ["red", "green", "blue"];
    private static readonly string[] NewColors = ["yellow", "purple", "cyan"];
    private static readonly IReadOnlyList<PanopticCategory> UsualThings = Things(UsualKinds, UsualColors), NewThings = Things(NewKinds, NewColors);

    /// <inheritdoc/>
    public int Count { get; } = count;

    /// <inheritdoc/>
    public IReadOnlyList<Category> Categories { get; } = [.. Known(options).Select(category => category.ToCategory())];

    /// <summary>The colours and shapes, which are things, and where scenes have stuff its sorts after them.</summary>
    public IReadOnlyList<PanopticCategory> PanopticCategories { get; } = Known(options);

    /// <summary>Whether grounds are segments.</summary>
    public bool HasStuff => options.HasStuff;

    private bool IsNew => options.Variant == ShapesVariant.New;

    private ShapeKind[] Kinds => IsNew ? NewKinds : UsualKinds;

    /// <inheritdoc/>
    public ImageAnnotations Annotations(int index)
    {
        int size = options.Size;
        IEnumerable<ObjectAnnotation> objects = HasStuff
            ? Segmentation(index).Segments.Select(segment => segment.ToObject(segment.CategoryId - 1) with { Id = IdOf(segment.Id - 1) })
            : Compose(Stream(index)).Select((shape, i) => Annotate(shape, IdOf(i)));
        return new ImageAnnotations(index + 1, $"{index + 1:D6}.png", size, size, [.. objects]);

        long IdOf(int place) => (index * 100L) + place + 1;

        ObjectAnnotation Annotate(ShapeObject shape, long id)
        {
            (Vector2 low, Vector2 high) = shape.Bounds();
            low *= size;
            high *= size;
            return new ObjectAnnotation(CategoryOf(shape), low.X, low.Y, high.X, high.Y) { Id = id, Area = shape.Area() * size * size };
        }
    }

    /// <inheritdoc/>
    public RgbImage Load(int index)
    {
        RandomStream random = Stream(index);
        List<ShapeObject> objects = Compose(random);
        RgbImage image = new(options.Size, options.Size);
        if (HasStuff)
        {
            ShapeLandscape.Random(random).Paint(image);
        }
        else
        {
            ShapeGround.Paint(image, random);
        }

        Canvas canvas = new(image);
        foreach (ShapeObject shape in objects)
        {
            Draw(canvas, shape, options.Size, IsNew ? NewColorOf(shape.Color, shape.Shade) : UsualColorOf(shape.Color, shape.Shade));
        }

        return image;
    }

    /// <inheritdoc/>
    /// <remarks>An object's pixels are those that it covers by half at least and that no later object covers so.</remarks>
    public IReadOnlyList<RunLengthMask> Masks(int index) => Segmentation(index).Masks();

    /// <summary>
    /// A scene's exact panoptic segmentation: its objects, numbered from 1 in their order, and after them the sorts of its ground; where
    /// scenes have no stuff, the ground is void.
    /// </summary>
    /// <param name="index">Which scene.</param>
    public PanopticSegmentation Segmentation(int index)
    {
        int size = options.Size;
        RandomStream random = Stream(index);
        List<ShapeObject> objects = Compose(random);
        PanopticMap map = new(size, size);
        for (int i = 0; i < objects.Count; i++)
        {
            RgbImage alone = new(size, size);
            Draw(new Canvas(alone), objects[i], size, Rgb.White);
            for (int pixel = 0; pixel < map.Ids.Length; pixel++)
            {
                map.Ids[pixel] = alone.Pixels[3 * pixel] > byte.MaxValue / 2 ? i + 1 : map.Ids[pixel];
            }
        }

        List<PanopticSegment> segments = [.. objects.Select((shape, i) => new PanopticSegment(i + 1, PanopticCategories[CategoryOf(shape)].Id))];
        if (HasStuff)
        {
            ShapeLandscape ground = ShapeLandscape.Random(random);
            int[] strips = ground.Strips(size);
            for (int pixel = 0; pixel < strips.Length; pixel++)
            {
                map.Ids[pixel] = map.Ids[pixel] == PanopticMap.Void ? objects.Count + 1 + strips[pixel] : map.Ids[pixel];
            }

            segments.AddRange(ground.Kinds.Select((kind, strip) => new PanopticSegment(objects.Count + 1 + strip, PanopticCategories[UsualThings.Count + (int)kind].Id)));

            // A strip may lie wholly under objects.
            segments.RemoveAll(segment => !map.Ids.Contains(segment.Id));
        }

        return PanopticSegmentation.Create(map, segments);
    }

    private static IReadOnlyList<PanopticCategory> Things(ShapeKind[] kinds, string[] colors) =>
    [
        .. from kind in Enumerable.Range(0, kinds.Length)
           from color in Enumerable.Range(0, colors.Length)
           select new PanopticCategory((kind * colors.Length) + color + 1, $"{colors[color]} {kinds[kind].ToString().ToLowerInvariant()}", IsThing: true),
    ];

    private static IReadOnlyList<PanopticCategory> Known(ShapesOptions options)
    {
        IReadOnlyList<PanopticCategory> things = options.Variant == ShapesVariant.New ? NewThings : UsualThings;
        return options.HasStuff
            ? [.. things, .. Enum.GetValues<GroundKind>().Select(kind => new PanopticCategory(things.Count + (int)kind + 1, kind.ToString().ToLowerInvariant(), IsThing: false))]
            : things;
    }

    private static void Draw(Canvas canvas, ShapeObject shape, int size, Rgb color)
    {
        if (shape.Kind == ShapeKind.Circle)
        {
            canvas.FillCircle(shape.Centre.X * size, shape.Centre.Y * size, shape.Radius * size, color);
            return;
        }

        Vector2[] corners = shape.Corners();
        for (int i = 0; i < corners.Length; i++)
        {
            corners[i] *= size;
        }

        canvas.FillPolygon(corners, color);
    }

    private static Rgb UsualColorOf(int family, float shade)
    {
        int light = (int)(28 * shade), tint = (int)(30 * (shade + 1));
        return family switch
        {
            0 => new Rgb((byte)(215 + light), (byte)(30 + tint), (byte)(40 + (tint / 2))),
            1 => new Rgb((byte)(30 + tint), (byte)(165 + light), (byte)(60 + (tint / 2))),
            _ => new Rgb((byte)(30 + (tint / 2)), (byte)(70 + tint), (byte)(215 + light)),
        };
    }

    private static Rgb NewColorOf(int family, float shade)
    {
        int light = (int)(28 * shade), tint = (int)(30 * (shade + 1));
        return family switch
        {
            0 => new Rgb((byte)(225 + light), (byte)(190 + light), (byte)(20 + tint)),
            1 => new Rgb((byte)(150 + light), (byte)(20 + tint), (byte)(200 + light)),
            _ => new Rgb((byte)(20 + tint), (byte)(190 + light), (byte)(205 + light)),
        };
    }

    private int CategoryOf(ShapeObject shape) => (Array.IndexOf(Kinds, shape.Kind) * UsualColors.Length) + shape.Color;

    private RandomStream Stream(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        RandomStream random = new(seed ^ ((ulong)(index + 1) * 0xD1342543DE82EF95));
        random.NextUInt64();
        return random;
    }

    /// <summary>Places objects one after the other where they hide little of each other.</summary>
    private List<ShapeObject> Compose(RandomStream random)
    {
        int wanted = options.FewestObjects + (int)(random.NextDouble() * (options.MostObjects - options.FewestObjects + 1));
        List<ShapeObject> objects = [];
        for (int i = 0; i < wanted; i++)
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                ShapeObject shape = Random(random);
                if (objects.TrueForAll(other => Overlap(shape, other) <= LargestOverlap))
                {
                    objects.Add(shape);
                    break;
                }
            }
        }

        return objects;
    }

    private ShapeObject Random(RandomStream random)
    {
        float radius = SmallestRadius + (float)(Math.Pow(random.NextDouble(), 1.5) * (LargestRadius - SmallestRadius));
        float Place() => radius + (float)(random.NextDouble() * (1 - (2 * radius)));
        return new ShapeObject(
            Kinds[(int)(random.NextDouble() * UsualKinds.Length)], (int)(random.NextDouble() * UsualColors.Length), new Vector2(Place(), Place()),
            radius, (float)(random.NextDouble() * 2 * Math.PI), (float)((2 * random.NextDouble()) - 1));
    }

    /// <summary>The share of the smaller box that both boxes cover.</summary>
    private static float Overlap(ShapeObject a, ShapeObject b)
    {
        ((Vector2 lowA, Vector2 highA), (Vector2 lowB, Vector2 highB)) = (a.Bounds(), b.Bounds());
        Vector2 common = Vector2.Max(Vector2.Zero, Vector2.Min(highA, highB) - Vector2.Max(lowA, lowB));
        Vector2 sizeA = highA - lowA, sizeB = highB - lowB;
        return common.X * common.Y / MathF.Min(sizeA.X * sizeA.Y, sizeB.X * sizeB.Y);
    }
}
