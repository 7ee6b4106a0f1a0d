#!/usr/bin/env bash
# Kills a training ten times at random moments, lets it go on, and compares its weights with those of a training that nobody
# disturbed. Usage: dotnet build -c Release src/Detr.Cli && benchmarks/kill-and-resume.sh [kills] [seed]
set -euo pipefail
kills=${1:-10}
RANDOM=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
detr=$(dirname "$0")/../src/Detr.Cli/bin/Release/net10.0/Detr.Cli.dll
train=(dotnet "$detr" train --count 96 --batch-size 4 --accumulate 2 --epochs 40 --scene-size 64 --validation-count 8 --evaluations 20
    --backbone-width 8 --hidden-dim 32 --enc-layers 1 --dec-layers 2 --dim-feedforward 64 --dropout 0.1 --save-every 2 --threads 2 --seed 7)

"${train[@]}" --out "$work/whole" > /dev/null
resume=""
for i in $(seq "$kills"); do
    "${train[@]}" --out "$work/killed" $resume > /dev/null &
    training=$!
    while [ ! -e "$work/killed/run.lock" ] && kill -0 "$training" 2> /dev/null; do sleep 0.05; done
    sleep "$((RANDOM % 3)).$((RANDOM % 10))$((RANDOM % 10))"
    kill -9 "$training" 2> /dev/null || true
    wait "$training" 2> /dev/null || true
    [ -e "$work/killed/checkpoint.safetensors" ] && resume=--resume
    echo "kill $i: $(cat "$work/killed/log.txt" 2> /dev/null | wc -l) epochs in the log, $(find "$work/killed" -name "*.tmp" | wc -l) file(s) half written"
done
"${train[@]}" --out "$work/killed" $resume > /dev/null
for file in model averaged best; do
    cmp "$work/whole/$file.safetensors" "$work/killed/$file.safetensors" && echo "$file.safetensors is the same"
done
