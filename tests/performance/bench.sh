#!/usr/bin/env bash
# Times ganc's programs against their peers; prints both with the ratio.
# usage: bench.sh BIN_DIR OUTPUT_DIR PYTHON
set -euo pipefail
bin=$1 out=$2 python=$3
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
mkdir -p "$out"

"$python" "$here/generator.py" "$bin/ganc" "$out"

# PyTorch and JAX are only installed for this, in a venv of their own.
peers=$out/venv
if ! cmp -s "$here/peers.txt" "$peers/peers.txt"; then
  echo "installing PyTorch and JAX for the comparison (about 5 GB)"
  "$python" -m venv --clear "$peers"
  if ! "$peers/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$here/peers.txt" >"$out/pip.log" 2>&1 </dev/null; then
    echo "could not get them (see $out/pip.log); training steps are not compared"
    exit 0
  fi
  cp "$here/peers.txt" "$peers/peers.txt"
fi
"$peers/bin/python" "$here/filters.py" "$bin/ganc" "$out"
for game in dcgan wgan_gp; do
  "$python" "$here/training.py" "$game" "$bin/ganc" "$out" "$peers/bin/python"
done
