#!/usr/bin/env python3
"""Compares steps of a game with what PyTorch computed for the same numbers.

usage: check.py NAME GANC STEP_RUN WORK_DIR

The gradient of every objective, and every gradient in one, is the slope that finite
differences in float64 give. Then three levels, all by the 2-norm of each tensor:
  meaning  the interpreter in float64, before and after simplification and
           fusion: 1e-9
  code     every kernel in f32, of the lowest CPU level, against the interpreter
           on its operands: 1e-5
  whole    the trainer, of this CPU's level: losses 1e-4; for smooth networks
           losses 1e-5, and gradients, parameters and running statistics 1e-4

The game compiles without a warning, and trains on its own draws, too.
"""

import glob
import os
import subprocess
import sys

import numpy as np

import cases
from cases import STEPS

sys.path.insert(0, os.path.join(cases.HERE, ".."))
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


def compile_quietly(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{' '.join(command)}: expected no word, got {done.returncode}:\n{done.stderr}")


def give(work, recorded):
    """Draws and first weights as files."""
    draws = {name: values for name, values in recorded.items() if "/draw/" in name}
    first = {name.removeprefix("init/"): values for name, values in recorded.items() if name.startswith("init/")}
    write_tensors(f"{work}/draws32.safetensors", draws)
    write_tensors(f"{work}/draws64.safetensors", draws, f="F64", i="F64")
    write_tensors(f"{work}/first32.safetensors", first)
    write_tensors(f"{work}/first64.safetensors", first, f="F64")
    return draws


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    name, ganc, step_run, work = sys.argv[1:]
    case = cases.find(name)
    recorded = read_tensors(cases.recording(name))
    if not all(any(word in key for key in recorded) for word in ("/loss/", "/gradient/", "/state/")):
        sys.exit(f"{name}: expected losses, gradients and states, got {sorted(recorded)}")
    command = case.write(work)
    draws = give(work, recorded)

    compile_quietly(ganc, *command, "-march=native", f"--dump-dir={work}/dump", "-o", f"{work}/train")
    interpret = [step_run, f"{work}/dump/03-grad.mlir", f"--given={work}/draws64.safetensors",
                 f"--init={work}/first64.safetensors", f"--steps={STEPS}"]
    slopes = [word.replace("03-grad", "02-link") for word in interpret]
    print(f"slopes: {run(*slopes, '--differences').strip()}")
    exact = dict.fromkeys(("/loss/", "/gradient/", "/state/"), 1e-9)
    run(*interpret, f"--record={work}/meaning.safetensors")
    compare("meaning", recorded, read_tensors(f"{work}/meaning.safetensors"), exact)
    said = run(*interpret, "--kernels=1e-5", "--level=x86-64-v3", f"--record={work}/fused.safetensors")
    compare("fused", recorded, read_tensors(f"{work}/fused.safetensors"), exact)
    print(f"code: {said.strip()}")

    train = [f"{work}/train", f"--steps={STEPS}"]
    for stream in case.streams():
        np.save(f"{work}/{stream}.npy", next(values for key, values in draws.items() if f"/draw/{stream}#" in key))
        train.append(f"--data={stream}={work}/{stream}.npy")
    run(*train, f"--outdir={work}/runs")
    run(*train, f"--outdir={work}/given", f"--given={work}/draws32.safetensors",
        f"--init={work}/first32.safetensors", f"--record={work}/whole.safetensors")
    whole = read_tensors(f"{work}/whole.safetensors")
    state, = glob.glob(f"{work}/given/*/checkpoint-*[0-9]/state.safetensors")
    whole.update({f"step/{STEPS - 1}/state/{key}": values for key, values in read_tensors(state).items()})
    smooth = {"/loss/": 1e-5, "/gradient/": 1e-4, "/state/": 1e-4}
    compare("whole", recorded, whole, smooth if case.is_smooth else {"/loss/": 1e-4})


if __name__ == "__main__":
    main()
