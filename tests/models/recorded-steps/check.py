#!/usr/bin/env python3
"""Compares three steps of a game with what PyTorch computed for the same numbers.

usage: check.py VARIANT GANC STEP_RUN WORK_DIR

Three levels, all by the 2-norm of each tensor:
  meaning  the interpreter in float64, before and after simplification and
           fusion: 1e-9
  code     every kernel in f32 against the interpreter on its operands: 1e-5
  whole    the trainer: losses 1e-4; for smooth networks losses 1e-5, and
           gradients, parameters and running statistics 1e-4
"""

import glob
import os
import shutil
import sys

import numpy as np

import given_networks
from given_networks import HERE, STEPS, VARIANTS

sys.path.insert(0, os.path.join(HERE, ".."))
from programs import read_tensors, run, write_tensors


def network_norms(recorded):
    """The 2-norm of all gradients of one update, by what their names begin with."""
    squares = {}
    for name, values in recorded.items():
        if "/gradient/" in name:
            group = name.split("/gradient/")[0], name.partition("#")[2]
            squares[group] = squares.get(group, 0) + float(np.sum(np.square(values, dtype=np.float64)))
    return {group: square ** 0.5 for group, square in squares.items()}


def compare(level, recorded, got, tolerances):
    """tolerances: the relative difference allowed for names that hold a word."""
    norms, worst, broken = network_norms(recorded), {}, []
    for name, want in recorded.items():
        tolerance = next((bound for word, bound in tolerances.items() if word in name), None)
        if tolerance is None:
            continue
        if name not in got or got[name].shape != want.shape:
            broken.append(f"{name}: expected shape {want.shape}, got {got[name].shape if name in got else 'nothing'}")
            continue
        scale = np.linalg.norm(want.astype(np.float64))
        if "/gradient/" in name:  # next to nothing is compared with the network's
            scale = max(scale, 1e-6 * norms[name.split("/gradient/")[0], name.partition("#")[2]])
        error = np.linalg.norm(got[name].astype(np.float64) - want) / scale
        word = next(word for word in tolerances if word in name)
        worst[word] = max(worst.get(word, 0), error)
        if not error <= tolerance:
            broken.append(f"{name}: expected a difference of at most {tolerance:g}, got {error:.3g}")
    if broken:
        sys.exit("\n".join([f"{level}: {len(broken)} tensors differ", *broken[:10]]))
    print(f"{level}: " + ", ".join(f"{word.strip('/')} {error:.1e}" for word, error in worst.items()))


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    variant, ganc, step_run, work = sys.argv[1:]
    game, smooth = VARIANTS[variant].game, VARIANTS[variant].smooth
    with np.load(os.path.join(HERE, f"{variant}.npz")) as file:
        recorded = dict(file)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    given_networks.write(work, variant, recorded)
    path = shutil.copy(os.path.join(HERE, f"{game}.game"), work)
    draws = {name: values for name, values in recorded.items() if "/draw/" in name}
    if not all(any(word in name for name in recorded) for word in ("/loss/", "/gradient/", "/parameter/")):
        sys.exit(f"{variant}.npz: expected losses, gradients and parameters, got {sorted(recorded)}")
    write_tensors(f"{work}/draws64.safetensors", draws, "F64")
    write_tensors(f"{work}/draws32.safetensors", draws, "F32")

    run(ganc, path, "--stop-after=grad", f"--dump-dir={work}/dump", "-o", f"{work}/grad.mlir")
    interpret = [step_run, f"{work}/dump/03-grad.mlir", f"--given={work}/draws64.safetensors", f"--steps={STEPS}"]
    # What is recorded in f32 is not better than that.
    bound = 1e-9 if VARIANTS[variant].exact else 1e-6
    exact = dict.fromkeys(("/loss/", "/gradient/", "/parameter/", "/state/"), bound)
    run(*interpret, f"--record={work}/meaning.safetensors")
    compare("meaning", recorded, read_tensors(f"{work}/meaning.safetensors"), exact)
    for level in ("x86-64-v3", "native"):
        said = run(*interpret, "--kernels=1e-5", f"--level={level}", f"--record={work}/fused.safetensors")
        compare("fused", recorded, read_tensors(f"{work}/fused.safetensors"), exact)
        print(f"code, {level}: {said.strip()}")

    run(ganc, path, "-o", f"{work}/train")
    x = next(values for name, values in draws.items() if "/draw/x#" in name)
    # All draws are given, but a trainer asks for data: pictures, or rows.
    np.save(f"{work}/data.npy", np.zeros((8, 8, 8), np.uint8) if x.ndim == 4 else np.zeros((8, 6), np.float32))
    run(f"{work}/train", f"--data={work}/data.npy", f"--outdir={work}/runs", f"--steps={STEPS}",
        f"--given={work}/draws32.safetensors", f"--record={work}/whole.safetensors")
    whole = read_tensors(f"{work}/whole.safetensors")
    state, = glob.glob(f"{work}/runs/*/checkpoint-*[0-9]/state.safetensors")
    whole.update({f"step/{STEPS - 1}/state/{name}": values for name, values in read_tensors(state).items()})
    if smooth:
        last = {name: values for name, values in recorded.items()
                if "/state/" not in name or name.startswith(f"step/{STEPS - 1}/")}
        compare("whole", last, whole, {"/loss/": 1e-5, "/gradient/": 1e-4, "/parameter/": 1e-4, "/state/": 1e-4})
    else:
        compare("whole", recorded, whole, {"/loss/": 1e-4})


if __name__ == "__main__":
    main()
