#!/usr/bin/env bash
# The demo: a DCGAN learns Fashion-MNIST in a native program that ganc compiled,
# then the generator it exported becomes a native program of its own.
# usage: demo.sh BIN_DIR OUTPUT_DIR PYTHON [STEPS]
set -euo pipefail
bin=$1 out=$2 python=$3 steps=${4:-2000}
data=/usr/share/datasets/fashion-mnist
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# run WHAT COMMAND…: shows the command, runs it, says how long it took.
run() {
  local what=$1 start=$EPOCHREALTIME
  shift
  printf '\n$ %s\n' "$*"
  "$@"
  awk -v w="$what" -v a="$start" -v b="$EPOCHREALTIME" \
    'BEGIN { printf "(%s: %.1f s)\n", w, b - a }'
}
newest() { ls -td "$@" | head -n 1; }

rm -rf "$out"
mkdir -p "$out"
run "compiled the game" "$bin/ganc" dcgan -o "$out/train"
run "trained" "$out/train" --data="$data" --outdir="$out/runs" --steps="$steps" \
  --seed=1 --lr=5e-4
directory=$(newest "$out"/runs/*/)
directory=${directory%/}
run "compiled the generator" \
  "$bin/ganc" "$(newest "$directory"/network-snapshot-*.onnx)" -o "$out/generator"
run "generated 256 images" "$out/generator" --seeds=0-255 --outdir="$out/images"
# After a few hundred steps nothing looks like a garment yet.
judge=("$python" "$here/models/fashion-classifier/classify.py" "$out/images/grid.png")
((steps >= 1000)) || judge+=(--confident=0 --classes=0)
run "looked at them" "${judge[@]}"
printf '\nreal images      %s\nat the beginning %s\nafter %s steps %s\nby the generator %s\n' \
  "$directory/reals.png" "$directory/fakes_init.png" "$steps" \
  "$(newest "$directory"/fakes0*.png)" "$out/images/grid.png"
