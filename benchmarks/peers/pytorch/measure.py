"""Times PyTorch and prints one line of JSON, in the form of "detr bench" and "Detr.Benchmarks -- step".

python3 measure.py forward|step MODEL HxW BATCH THREADS RUNS
"""
import json
import resource
import statistics
import sys
import time

import torch

import detr
import training

WARMUP = 2
OBJECTS = {"detr_resnet50": 7, "small": 4}


def main(what, name, size, batch, threads, runs):
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    height, width = map(int, size.split("x"))
    image = torch.randn(int(batch), 3, height, width)
    mask = torch.zeros(int(batch), height, width, dtype=torch.bool)
    model = detr.create(name)
    tame(model)
    run = forward(model, image, mask) if what == "forward" else step(model, name, image, mask)
    times = []
    for _ in range(WARMUP + int(runs)):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    measured = times[WARMUP:]
    print(json.dumps({
        "model": name, "size": [height, width], "batch": int(batch), "threads": int(threads), "runs": int(runs),
        "median_ms": statistics.median(measured), "min_ms": min(measured), "first_ms": times[0],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, "runs_ms": measured,
    }))


def tame(model):
    """Norms that let a random network's activations neither grow nor vanish."""
    for name, tensor in list(model.named_parameters()) + list(model.named_buffers()):
        if ("bn" in name or "downsample.1" in name) and name.endswith(".weight"):
            tensor.data.fill_(0.5)


def forward(model, image, mask):
    model.eval()

    def run():
        with torch.inference_mode():
            model(image, mask)
    return run


def step(model, name, image, mask):
    model.train()
    optimizer = training.optimizer(model, name)
    targets = [
        {
            "labels": torch.randint(model.classes, (OBJECTS[name],)),
            "boxes": torch.cat((0.2 + 0.6 * torch.rand(OBJECTS[name], 2), 0.05 + 0.3 * torch.rand(OBJECTS[name], 2)), -1),
        }
        for _ in range(image.shape[0])
    ]
    return lambda: training.step(model, optimizer, image, mask, targets)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
