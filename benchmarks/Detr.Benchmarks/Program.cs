using System.Globalization;
using BenchmarkDotNet.Running;
using Detr.Benchmarks;

// dotnet run -c Release --project benchmarks/Detr.Benchmarks -- MODE [--threads N] [--samples N] [--size N]
//   gemm    products against the processor's peak   layers  ResNet-50's convolutions at 800 × 1066
//   int8    the same in eight bits, beside float32
//   deformable   an encoder layer's deformable attention at 800 × 1066, both ways
//   threads [--only MODEL]   whole models on more and more threads, and two side by side
//   share [--model NAME]   deformable attention's share of a forward pass at 800 × 1066, of deformable-detr or dino
//   peers --out FOLDER [--only PREFIX]   models, inputs and outputs for benchmarks/peers
//   step [--model NAME] [--batch N] [--size HxW] [--runs N] [--recompute]   whole training steps on random pictures, as a line of JSON
//   training-peers --out FOLDER   models, inputs, outputs and first steps for benchmarks/peers/pytorch
//   document [--only TABLE] [--rounds N] [--samples N] [--out FOLDER] [--picture FILE]   docs/performance.md's tables, measured
//            anew: products, layers, onnx, family, pytorch, start; FOLDER is what peers wrote, FILE a photograph
//   anything else goes to BenchmarkDotNet, for example: --filter '*Product*'
string mode = args.Length > 0 ? args[0] : "gemm";
int threads = Option("--threads", 1), samples = Option("--samples", 40);
switch (mode)
{
    case "gemm":
        ProductSamples.Run(threads, samples, Option("--size", 1024));
        break;
    case "layers":
        LayerSamples.Run(threads, samples);
        break;
    case "int8":
        QuantizedLayerSamples.Run(threads, samples);
        break;
    case "deformable":
        DeformableSamples.Run(threads, samples);
        break;
    case "share":
        DeformableShare.Run(Text("--model", "dino"), threads, Option("--samples", 5));
        break;
    case "threads" when args.Contains("--child"):
        ThreadSamples.RunChild(Text("--child", ""));
        break;
    case "threads":
        ThreadSamples.Run(Option("--samples", 5), Text("--only", ""));
        break;
    case "document":
        string root = Root(AppContext.BaseDirectory);
        new PerformancePage(root, Text("--out", "/tmp/peers"), samples, Option("--rounds", 5))
            .Write(Text("--only", ""), Text("--picture", Path.Combine(root, "docs", "images", "blood-cells.png")));
        break;
    case "peers":
        PeerModels.Write(Text("--out", "peers"), threads, Text("--only", ""));
        break;
    case "step":
        TrainingSteps.Measure(TrainingCase.FromName(Text("--model", "detr_resnet50")).With(Text("--batch", ""), Text("--size", ""), args.Contains("--recompute")), threads, Option("--runs", 5));
        break;
    case "training-peers":
        TrainingPeers.Write(Text("--out", "peers"), threads);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ProductBenchmarks).Assembly).Run(args);
        break;
}

int Option(string name, int otherwise)
    => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

string Text(string name, string otherwise)
{
    int index = Array.IndexOf(args, name);
    return index < 0 || index + 1 == args.Length ? otherwise : args[index + 1];
}

static string Root(string folder) => File.Exists(Path.Combine(folder, "Detr.slnx")) ? folder : Root(Path.GetDirectoryName(folder)!);
