"""Runs what "Detr.Benchmarks -- training-peers --out FOLDER" wrote, and says how far PyTorch's numbers are from Detr.NET's.

python3 check.py FOLDER
"""
import json
import sys
from pathlib import Path

import numpy
import torch

import detr
import safetensors
import training

TOLERANCE = 2e-3


def main(folder):
    worst = 0.0
    for own in sorted(path for path in (Path(folder) / "training").iterdir() if path.is_dir()):
        steps = json.loads((own / "steps.json").read_text())
        model = detr.create(own.name, dropout=0.0)
        missing, unexpected = model.load_state_dict(safetensors.read(own / "model.safetensors"), strict=False)
        if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
            raise SystemExit(f"{own}: missing {missing}, unexpected {unexpected}")
        image = torch.from_numpy(numpy.fromfile(own / "image", "<f4")).reshape(steps["shape"])
        mask = torch.zeros(image.shape[0], *image.shape[2:], dtype=torch.bool)
        with torch.no_grad():
            outputs = [output[-1].numpy() for output in model.eval()(image, mask)]
        for what, theirs in zip(("pred_logits", "pred_boxes"), outputs):
            ours = numpy.fromfile(own / what, "<f4").reshape(theirs.shape)
            worst = report(worst, own.name, what, abs(ours - theirs).max() / abs(theirs).max())
        targets = [{"labels": torch.tensor(target["labels"]), "boxes": torch.tensor(target["boxes"]).reshape(-1, 4)} for target in steps["targets"]]
        optimizer = training.optimizer(model.train(), own.name)
        for number, ours in enumerate(steps["steps"]):
            loss, norm = training.step(model, optimizer, image, mask, targets)
            worst = report(worst, own.name, f"step {number + 1}, loss {loss:.5f}", abs(ours["loss"] - loss) / loss)
            worst = report(worst, own.name, f"step {number + 1}, gradient norm {norm:.5f}", abs(ours["gradient_norm"] - norm) / norm)
    sys.exit(0 if worst < TOLERANCE else 1)


def report(worst, model, what, difference):
    print(f"{model:16} {what:40} {difference:.1e}")
    return max(worst, float(difference))


if __name__ == "__main__":
    torch.set_num_threads(2)
    main(*sys.argv[1:])
