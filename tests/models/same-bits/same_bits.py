#!/usr/bin/env python3
"""Trains a compiled game in several ways and proves that all end in the same bits.

usage: same_bits.py GANC GAME WORK_DIR [--kills=20] [--seed=N]

With 1, 2 and 4 threads, and killed with SIGKILL at random moments and resumed.
Compared are all tensors of the last checkpoint but the time it took, statistics
without times, exported networks and image grids. Every second kill comes while
the trainer starts, the others some time after it has saved.
"""

import argparse
import glob
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "frontends", "game", "library"))
from networks import Network

SNAP = 4
COMMON = [f"--snap={SNAP}steps", "--tick=0.05", "--seed=3", "--keep=1000000"]


def generator(folder):
    n = Network("generator")
    z = n.input("z", [16, 1, 1])
    x = n.node("Relu", n.batch_norm(n.conv_transpose(z, "0", (16, 32), 4), "0.norm", 32))
    x = n.node("Relu", n.batch_norm(n.conv_transpose(x, "1", (32, 16), 4, 2, 1), "1.norm", 16))
    n.output("image", n.node("Tanh", n.conv_transpose(x, "2", (16, 1), 4, 2, 1)), [1, 16, 16])
    n.save(folder)


def judge(folder, name, normalised, classes=1):
    n = Network(name)
    image = n.input("image", [1, 16, 16])
    x = n.node("LeakyRelu", n.conv(image, "0", (1, 16), 4, 2, 1, not normalised), alpha=0.2)
    x = n.conv(x, "1", (16, 32), 4, 2, 1, not normalised)
    x = n.node("LeakyRelu", n.batch_norm(x, "1.norm", 32) if normalised else x, alpha=0.2)
    x = n.conv(x, "2", (32, classes), 4, bias=not normalised)
    if classes > 1:
        n.output("score", n.node("Flatten", x), [classes])
    else:
        n.output("score", n.node("Sigmoid", x) if normalised else x, [1, 1, 1])
    n.save(folder)


def write_data(work):
    """Bright discs on black, as many as make an epoch end within a batch; some with the class of their size."""
    generator = np.random.default_rng(1)
    grid = np.mgrid[0:16, 0:16]
    centre = generator.uniform(4, 12, (2, 100, 1, 1))
    radius = generator.uniform(2, 5, (100, 1, 1))
    inside = (grid[0] - centre[0]) ** 2 + (grid[1] - centre[1]) ** 2 < radius ** 2
    images = (inside * 255).astype(np.uint8)
    np.save(os.path.join(work, "unl.npy"), images)
    np.save(os.path.join(work, "lab.npy"), images[:20])
    np.save(os.path.join(work, "y.npy"), radius[:20, 0, 0].astype(np.int64) - 2)


def compile_game(ganc, game, work, *flags):
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    generator(work)
    judge(work, "discriminator", True)
    judge(work, "critic", False)
    judge(work, "classifier", False, 3)
    write_data(work)
    shutil.copy(game, work)
    subprocess.run([ganc, os.path.join(work, os.path.basename(game)), "-o", os.path.join(work, "train"), *flags],
                   check=True)


def run_folder(outdir):
    return glob.glob(os.path.join(outdir, "0*"))[0]


def data_of(work):
    """What feeds the game's streams, from its text."""
    text = open(glob.glob(f"{work}/*.game")[0]).read()
    streams = re.findall(r"^  data +(\w+)", text, re.MULTILINE)
    if len(streams) == 1:
        return [f"--data={work}/unl.npy"]
    return [f"--data={name}={work}/{name}.npy" for name in streams]


def train(work, outdir, *arguments, data=None):
    command = [os.path.join(work, "train"), *(data or data_of(work)), f"--outdir={work}/{outdir}", *COMMON, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return run_folder(f"{work}/{outdir}")


def steps_saved(run):
    steps = [0]
    for path in glob.glob(f"{run}/checkpoint-*[0-9]/manifest.json"):
        try:
            with open(path) as file:
                steps.append(json.load(file)["step"])
        except (OSError, ValueError):
            pass  # being deleted
    return max(steps)


def kill_at_random(work, run, kills, moments):
    """Kills a run that was begun so many times; returns the last step it saved."""
    for i in range(kills):
        saved = steps_saved(run)
        process = subprocess.Popen(
            [os.path.join(work, "train"), f"--resume={run}", "--steps=1000000000", f"--threads={1 + i % 3}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        patience = time.monotonic() + 30
        while i % 2 and steps_saved(run) == saved and process.poll() is None and time.monotonic() < patience:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.15))
        process.kill()
        words = process.communicate()[1]
        if process.returncode != -9 or words:
            sys.exit(f"run {i} ended with {process.returncode} before it was killed:\n{words}")
    return steps_saved(run)


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def tensors(path):
    """Hashes of the tensors of a safetensors file."""
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    return {name: digest(data[start + entry["data_offsets"][0]:start + entry["data_offsets"][1]])
            for name, entry in header.items()}


def statistics(path):
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    times = ("Timing/", "Resources/", "timestamp")
    return [{key: value for key, value in line.items() if not key.startswith(times)} for line in lines]


def moments(run):
    """The step of each moment that files are called by; not the first one, where one run of all ended."""
    result = {}
    for path in glob.glob(f"{run}/checkpoint-*[0-9]/manifest.json"):
        with open(path) as file:
            step = json.load(file)["step"]
        if step > 1:
            result[os.path.basename(os.path.dirname(path)).removeprefix("checkpoint-")] = step
    return result


def bits(run):
    """All that must be equal, by name: files by the step of their moment, for their own names depend on
    which moment of a thousand images came first."""
    with open(f"{run}/checkpoint-latest") as file:
        result = tensors(f"{run}/{file.read().strip()}/state.safetensors")
    result.pop("run/@elapsed")
    for i, line in enumerate(statistics(f"{run}/stats.jsonl")):
        result[f"stats.jsonl:{i + 1}"] = line
    names = {path: os.path.basename(path) for path in glob.glob(f"{run}/*_init.png") + [f"{run}/reals.png"]}
    for moment, step in moments(run).items():
        for name, suffix in (("fakes", "png"), ("network-snapshot-", "onnx"), ("network-snapshot-", "safetensors")):
            names[f"{run}/{name}{moment}.{suffix}"] = f"{name} of step {step}.{suffix}"
    for path, name in names.items():
        with open(path, "rb") as file:
            result[name] = digest(file.read())
    return result


def compare(what, expected, got):
    different = [name for name in sorted(expected.keys() | got.keys()) if expected.get(name) != got.get(name)]
    if different:
        sys.exit(f"{what}: {len(different)} of {len(expected)} differ: {', '.join(different[:10])}")
    print(f"{what}: the same {len(expected)} tensors, lines and files")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ganc")
    parser.add_argument("game")
    parser.add_argument("work")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1000000)
    options = parser.parse_args()
    print(f"kills at moments of --seed={options.seed}", flush=True)
    compile_game(options.ganc, options.game, options.work)
    killed = train(options.work, "killed", "--steps=1")
    end = kill_at_random(options.work, killed, options.kills, random.Random(options.seed)) + 2 * SNAP
    train(options.work, "killed", f"--resume={killed}", f"--steps={end}")
    whole = bits(train(options.work, "threads1", f"--steps={end}", "--threads=1"))
    for threads in (2, 4):
        run = train(options.work, f"threads{threads}", f"--steps={end}", f"--threads={threads}")
        compare(f"{end} steps, {threads} threads", whole, bits(run))
    compare(f"{end} steps, killed {options.kills} times", whole, bits(killed))
    if end < 5 * SNAP or not any(name.endswith(".onnx") for name in whole):
        sys.exit(f"expected progress and an export between kills, got {end} steps and {sorted(whole)}")


if __name__ == "__main__":
    main()
