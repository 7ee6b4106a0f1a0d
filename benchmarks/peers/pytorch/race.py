"""Times Detr.NET and PyTorch in turn, each measurement in a process of its own, and prints a table in Markdown.

python3 race.py [ROUNDS] [RUNS] [FILTER] [--json]

FILTER keeps the rows whose name contains it; --json prints each measurement instead, one line each.
"""
import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
ROWS = [
    ("forward", "detr_resnet50", "800x1066", 1, 1),
    ("forward", "detr_resnet50", "800x1066", 1, 2),
    ("forward", "detr_resnet50", "480x640", 1, 1),
    ("forward", "detr_resnet50", "480x640", 1, 2),
    ("step", "detr_resnet50", "480x640", 2, 1),
    ("step", "detr_resnet50", "480x640", 2, 2),
    ("step", "small", "128x128", 16, 1),
    ("step", "small", "128x128", 16, 2),
]


def ours(what, model, size, batch, threads, runs):
    program = ROOT / ("src/Detr.Cli/bin/Release/net10.0/Detr.Cli.dll" if what == "forward" else "benchmarks/Detr.Benchmarks/bin/Release/net10.0/Detr.Benchmarks.dll")
    arguments = ["--model", model, "--size", size, "--batch", batch, "--threads", threads, "--runs", runs]
    return run("dotnet", program, "bench" if what == "forward" else "step", *arguments, *(["--json", "-"] if what == "forward" else []))


def theirs(*row):
    return run(sys.executable, HERE / "measure.py", *row)


def run(*command):
    return json.loads(subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout)


def main(rounds=3, runs=3, only=""):
    as_json = "--json" in sys.argv
    if not as_json:
        print("| pass | model | input | threads | Detr.NET, ms | PyTorch, ms | ratio | from to | peak MB | theirs |")
        print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for row in ROWS:
        if only not in " ".join(map(str, row)):
            continue
        what, model, size, batch, threads = row
        count = int(runs) * (10 if model == "small" else 1)
        results = {"Detr.NET": [], "PyTorch": []}
        for _ in range(int(rounds)):
            for name, program in (("Detr.NET", ours), ("PyTorch", theirs)):
                results[name].append(program(*row, count))
                if as_json:
                    print(json.dumps({"program": name, "pass": what, **results[name][-1]}), flush=True)
        if as_json:
            continue
        mine, other = ([statistics.median(result["runs_ms"]) for result in results[name]] for name in results)
        ratios = [a / b for a, b in zip(mine, other)]
        peaks = [max(result["peak_mb"] for result in results[name]) for name in results]
        cells = [
            what, model, f"{batch} × {size.replace('x', ' × ')}", str(threads), f"{statistics.median(mine):.0f}", f"{statistics.median(other):.0f}",
            f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f} to {max(ratios):.2f}", f"{peaks[0]:.0f}", f"{peaks[1]:.0f}",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(*[argument for argument in sys.argv[1:] if argument != "--json"])
