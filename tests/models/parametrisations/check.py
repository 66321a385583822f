#!/usr/bin/env python3
"""What a trainer writes and reads of parametrised networks.

usage: check.py GANC WORK_DIR

Written files hold effective weights, checkpoints and snapshots raw ones; --init
takes raw weights with or without what stands beside them; a run that begins
computes with the weights of the file, or with orthogonal ones.
"""

import glob
import os
import shutil
import sys

import numpy as np
import onnx
from onnx import numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "frontends", "game", "library"))
import networks
from programs import read_tensors, run, write_tensors

SIZES = networks.Sizes(channels=1, height=8, width=8, latent=3, filters=2)


def weights_of(path):
    return {tensor.name: numpy_helper.to_array(tensor).astype(np.float64)
            for tensor in onnx.load(path).graph.initializer}


def expect(what, got, want, tolerance=1e-5):
    error, most = np.linalg.norm(got - want), tolerance * np.linalg.norm(want)
    if not error <= most:
        sys.exit(f"{what}: expected a difference of at most {most:g}, got {error:.3g}")


def matrix(weight):
    return weight.reshape(len(weight), -1)


def sigma(raw, network, name):
    u, v = raw[f"{network}/{name}#u"], raw[f"{network}/{name}#v"]
    return u @ matrix(raw[f"{network}/{name}"]) @ v


def check_written(run_folder, raw):
    """Every written file against its formula."""
    written = {name: weights_of(glob.glob(f"{run_folder}/{name}-*.onnx")[-1])
               for name in ("trained", "averaged", "critic")}
    for file, network in (("trained", "G"), ("averaged", "Gs")):
        v, g = raw[f"{network}/1.weight"], raw[f"{network}/1.weight#g"]
        expect(f"{file} 1.weight", written[file]["1.weight"], g * v / np.sqrt((v ** 2).sum((0, 2, 3), keepdims=True)))
        w = raw[f"{network}/0.weight"]
        expect(f"{file} 0.weight", written[file]["0.weight"], w * np.sqrt(2 / (w.size / w.shape[1])))
    for name in ("0.weight", "1.weight", "2.weight"):
        w = raw[f"D/{name}"]
        expect(f"critic {name}", written["critic"][name], w / sigma(raw, "D", name))
        for part in "uv":
            expect(f"length of {name}#{part}", np.linalg.norm(raw[f"D/{name}#{part}"]), 1.0)
        largest = np.linalg.svd(matrix(w))[1][0]
        expect(f"sigma of {name}", sigma(raw, "D", name), largest, 0.05)
    return written


def snapshot(folder):
    path = sorted(glob.glob(f"{folder}/network-snapshot-*.safetensors"))[-1]
    return path, {name: values.astype(np.float64) for name, values in read_tensors(path).items()}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ganc, work = sys.argv[1:]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    networks.write(work, SIZES)
    path = shutil.copy(os.path.join(HERE, "parametrised.game"), work)
    run(ganc, path, "-o", f"{work}/train")
    np.save(f"{work}/data.npy", np.random.default_rng(0).integers(0, 255, (8, 8, 8), np.uint8))

    def train(name, steps, *flags):
        run(f"{work}/train", f"--data={work}/data.npy", f"--outdir={work}/{name}", f"--steps={steps}", *flags)
        return glob.glob(f"{work}/{name}/*")[0]

    # A run begins as its files say, and its average as the network.
    folder = train("begun", 0)
    file, raw = snapshot(folder)
    written = check_written(folder, raw)
    for name in ("0.weight", "1.weight"):
        expect(f"first {name}", written["trained"][name], weights_of(f"{work}/plain_generator.onnx")[name])
        expect(f"first average {name}", raw[f"Gs/{name}"], raw[f"G/{name}"], 0)

    for name, gain in (("D/0.weight", 1), ("D/1.weight", 1), ("D/2.weight", 1), ("G/2.weight", 2), ("Gs/2.weight", 2)):
        w = matrix(raw[name])
        expect(f"first {name}", w @ w.T if len(w) <= w.shape[1] else w.T @ w, gain ** 2 * np.eye(min(w.shape)))

    # It moves everything, and what it writes fits.
    folder = train("trained", 4)
    file, after = snapshot(folder)
    written = check_written(folder, after)
    still = [name for name in raw if np.array_equal(raw[name], after[name]) and raw[name].size > 1]
    if still:
        sys.exit(f"expected every tensor to move, but for {still}")

    # All that a snapshot holds comes back; what it lacks starts from what it holds.
    _, again = snapshot(train("again", 0, f"--init={file}"))
    for name, values in after.items():
        expect(f"--init {name}", again[name], values, 0)
    plain = {name: values for name, values in after.items() if "#" not in name and name[:2] in ("G/", "D/")}
    write_tensors(f"{work}/plain.safetensors", plain, f="F32")
    folder = train("plain", 0, f"--init={work}/plain.safetensors")
    _, begun = snapshot(folder)
    check_written(folder, begun)
    for name, values in plain.items():
        expect(f"--init plain {name}", begun[name], values, 0)
    v = plain["G/1.weight"]
    expect("g of loaded weights", begun["G/1.weight#g"], np.sqrt((v ** 2).sum((0, 2, 3), keepdims=True)))
    print(f"{len(after)} tensors, 3 written networks, 4 runs")


if __name__ == "__main__":
    main()
