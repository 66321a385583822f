#!/usr/bin/env python3
"""Runs games whose randomness is more than numbers, and computes them again here.

usage: check.py NAME GANC STEP_RUN WORK_DIR

A network multiplies what it is given by weights of one, so that the gradient by
them is what it was given: the trainer records that with all draws. From the draws
this file computes what must come out, one sample after the other, as the papers'
programs do. The interpreter computes it from the same draws in float64.
"""

import math
import os
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from programs import read_tensors, run, write_tensors


def write_network(path, nodes, sizes, weights):
    """From x to y, both with the batch in front of their sizes."""
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])
             for name, shape in zip("xy", sizes)]
    weights = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "network", ports[:1], ports[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)


def write_scale(folder, shape):
    """y = x * scale."""
    node = helper.make_node("Mul", ["x", "scale"], ["y"], name="product")
    write_network(f"{folder}/scale.onnx", [node], [shape[1:], shape[1:]], {"scale": np.ones(shape)})


def write_noise(folder, count, size):
    """Side by side what each operator draws, times scale."""
    like = lambda name, **options: helper.make_node(name, ["x"], [name], **options)
    shape = [1, size]
    nodes = [like("RandomNormalLike", mean=1.0, scale=0.5), like("RandomUniformLike", low=-1.0, high=3.0),
             helper.make_node("Bernoulli", ["odds"], ["Bernoulli"]),
             helper.make_node("RandomNormal", [], ["RandomNormal"], shape=shape, mean=-2.0),
             helper.make_node("RandomUniform", [], ["RandomUniform"], shape=shape, high=2.0),
             helper.make_node("Add", ["RandomNormal", "RandomUniform"], ["one"]),
             helper.make_node("Expand", ["one", "whole"], ["all"]),
             helper.make_node("Concat", ["RandomNormalLike", "RandomUniformLike", "Bernoulli", "all"], ["drawn"], axis=1),
             helper.make_node("Mul", ["drawn", "scale"], ["y"])]
    whole = helper.make_node("Constant", [], ["whole"], value_ints=[count, size])
    write_network(f"{folder}/noise.onnx", [whole, *nodes], [[size], [4 * size]],
                  {"odds": np.full((count, size), 0.3), "scale": np.ones((count, 4 * size))})


def write_dropout(folder, count, size):
    """Side by side what a dropout leaves and its mask, times scale."""
    nodes = [helper.make_node("Dropout", ["x", "ratio", "trains"], ["left", "mask"], name="dropout"),
             helper.make_node("Cast", ["mask"], ["kept"], to=TensorProto.FLOAT),
             helper.make_node("Concat", ["left", "kept"], ["both"], axis=1),
             helper.make_node("Mul", ["both", "scale"], ["y"])]
    values = [helper.make_node("Constant", [], ["ratio"], value_float=0.3),
              helper.make_node("Constant", [], ["trains"], value=numpy_helper.from_array(np.array(True)))]
    write_network(f"{folder}/dropout.onnx", values + nodes, [[size], [2 * size]],
                  {"scale": np.ones((count, 2 * size))})


def record(ganc, step_run, work, game, steps):
    """What the trainer did; the interpreter must do the same."""
    path = shutil.copy(os.path.join(HERE, f"{game}.game"), work)
    run(ganc, path, "-o", f"{work}/train")
    data = [f"--data={work}/data.npy"] if os.path.exists(f"{work}/data.npy") else []
    run(f"{work}/train", *data, f"--outdir={work}/runs", f"--steps={steps}",
        f"--record={work}/whole.safetensors")
    run(ganc, path, "--stop-after=grad", f"--dump-dir={work}/dump", "-o", f"{work}/grad.mlir")
    whole = read_tensors(f"{work}/whole.safetensors")
    write_tensors(f"{work}/draws.safetensors",
                  {name: values.astype(np.float64) for name, values in whole.items() if "/draw/" in name})
    run(step_run, f"{work}/dump/03-grad.mlir", f"--given={work}/draws.safetensors", f"--steps={min(steps, 20)}",
        f"--record={work}/meaning.safetensors")
    meaning = read_tensors(f"{work}/meaning.safetensors")
    for name, values in meaning.items():
        if "/gradient/" in name:
            close(f"interpreted {name}", whole[name], values, 1e-5)
    return whole


def close(what, got, want, tolerance=1e-5):
    error = np.max(np.abs(got.astype(np.float64) - want)) / max(1, np.max(np.abs(want)))
    if not error <= tolerance:
        sys.exit(f"{what}: expected a difference of at most {tolerance:g}, got {error:.3g}")


def gradient(recorded, step, statement=0):
    return recorded[f"step/{step}/s/gradient/S/scale" + (f"#{statement}" if statement else "")]


class Pool:
    """As CycleGAN's image_pool.py, sample by sample; and how old is what comes out."""

    def __init__(self, name, size):
        self.name, self.size, self.kept, self.ages, self.now = name, size, [], [], 0

    def swap(self, recorded, step, samples, instance=0):
        swaps, slots = (recorded[f"step/{step}/draw/{self.name}#1/{what}#{instance}"] for what in ("swap", "slot"))
        given = []
        for sample, swapped, slot in zip(samples, swaps, slots):
            if len(self.kept) < self.size:
                self.kept.append((sample, self.now))
            elif swapped > 0:
                old, then = self.kept[slot]
                self.kept[slot] = (sample, self.now)
                self.ages.append(self.now - then)
                sample = old
            given.append(sample)
            self.now += 1
        return np.array(given)


def check_pool(recorded, steps):
    size, probability = 5, 0.4
    pool, other = Pool("P", size), Pool("Q", 3)
    for step in range(steps):
        x = [recorded[f"step/{step}/draw/x#{instance}"] for instance in range(3)]
        close(f"step {step}", gradient(recorded, step), pool.swap(recorded, step, x[0]), 0)
        passes = [other.swap(recorded, step, x[1 + instance], instance) for instance in range(2)]
        close(f"step {step}, passes", gradient(recorded, step, 1), np.mean(passes, axis=0))
    ages = pool.ages
    # Each sample draws one of the places with probability p / n.
    mean, expected = np.mean(ages), size / probability
    deviation = expected / len(ages) ** 0.5
    if len(ages) < 1000 or abs(mean - expected) > 4 * deviation:
        sys.exit(f"expected a mean age of {expected} +- {deviation:.2f}, got {mean:.2f} of {len(ages)}")
    beyond = np.mean(np.array(ages) > expected)  # of a geometric distribution
    if abs(beyond - (1 - 1 / expected) ** np.floor(expected)) > 4 * 0.5 / len(ages) ** 0.5:
        sys.exit(f"expected ages of a geometric distribution, got a part of {beyond:.3f} above the mean")
    print(f"pool: {steps} steps, {len(ages)} swaps, mean age {mean:.2f} of {expected}")


def flip(x, d):
    return np.where(d("flip")[:, None, None, None] > 0, x[..., ::-1], x)


def translate(x, d, ratio=0.125):
    """DiffAugment's rand_translation, by a loop."""
    y = np.zeros_like(x)
    height, width = x.shape[2:]
    most = [int(size * ratio + 0.5) for size in (height, width)]
    for n in range(len(x)):
        down, right = d("translate/y")[n] - most[0], d("translate/x")[n] - most[1]
        for i in range(height):
            for j in range(width):
                if 0 <= i - down < height and 0 <= j - right < width:
                    y[n, :, i, j] = x[n, :, i - down, j - right]
    return y


def cutout(x, d, ratio=0.5):
    """DiffAugment's rand_cutout, which lets rows beyond the edge fall onto it."""
    y = x.copy()
    sizes = x.shape[2:]
    cut = [int(size * ratio + 0.5) for size in sizes]
    for n in range(len(x)):
        places = [np.clip(np.arange(c) + d(f"cutout/{axis}")[n] - c // 2, 0, size - 1)
                  for c, axis, size in zip(cut, "yx", sizes)]
        y[n][:, places[0][:, None], places[1][None]] = 0
    return y


def colour(x, d):
    """rand_brightness, rand_saturation and rand_contrast; the draws hold the ranges."""
    each = lambda name: d(f"colour/{name}").astype(np.float64)[:, None, None, None]
    x = x + each("brightness")
    mean = x.mean(1, keepdims=True)
    x = (x - mean) * each("saturation") + mean
    mean = x.mean((1, 2, 3), keepdims=True)
    return (x - mean) * each("contrast") + mean


def check_augment(recorded, steps):
    dice = np.random.default_rng(1)
    seen = {}
    for step in range(steps):
        x = recorded[f"step/{step}/draw/x#0"].astype(np.float64)
        draws = lambda use: lambda name: recorded[f"step/{step}/draw/{use}/{name}#0"]
        for name in ("flip", "translate/x", "translate/y", "cutout/x", "cutout/y", "colour/saturation"):
            seen.setdefault(name, []).extend(draws("A#1")(name))
        every = lambda x, d: colour(cutout(translate(flip(x, d), d), d), d)
        close("flip", gradient(recorded, step, 0), flip(x, draws("F#1")), 0)
        close("translate", gradient(recorded, step, 1), translate(x, draws("T#1"), 0.25), 0)
        close("cutout", gradient(recorded, step, 2), cutout(x, draws("K#1"), 0.4), 0)
        close("colour", gradient(recorded, step, 3), colour(x, draws("C#1")))
        close("all", gradient(recorded, step, 4), every(x, draws("A#1")))
        # y = J x + b: the gradient of y^2 is 2 J'y, and that of its square 4 J'J g.
        d = draws("A#2")
        move = lambda v: every(x + v, d) - every(x, d)
        g, h = gradient(recorded, step, 5).astype(np.float64), gradient(recorded, step, 6)
        for _ in range(5):
            v = dice.standard_normal(x.shape)
            close("first derivative", np.sum(g * v) / 100, 2 * np.sum(every(x, d) * move(v)) / 100)
            close("second derivative", np.sum(h * v) / 1000, 4 * np.sum(move(g) * move(v)) / 1000)
    # Every value comes up, fresh in each use.
    for name, count in {"flip": 2, "translate/x": 3, "translate/y": 3, "cutout/x": 6, "cutout/y": 9}.items():
        if set(np.unique(seen[name])) != set(range(count)):
            sys.exit(f"expected all of 0 … {count - 1} of {name}, got {np.unique(seen[name])}")
    factor = np.array(seen["colour/saturation"])
    if factor.min() < 0.4 or factor.max() > 1.6 or factor.max() - factor.min() < 1:
        sys.exit(f"expected factors from 0.4 to 1.6, got {factor.min()} to {factor.max()}")
    print(f"augment: {steps} steps")


def check_draws(recorded, steps):
    """Distributions by their shape (Kolmogorov-Smirnov, 1 in 1000) and frequencies by 4 deviations."""
    values = [np.concatenate([gradient(recorded, step, k).ravel() for step in range(steps)]) for k in range(8)]
    normal = np.vectorize(lambda x: 0.5 * (1 + math.erf((x - 1) / 8 ** 0.5)))
    shapes = {0: normal, 1: lambda x: (x + 1) / 4, 4: lambda x: 1 / (1 + np.exp(-(x - 2) / 0.5)),
              5: lambda x: np.exp(-np.exp(-x))}
    for k, below in shapes.items():
        x = np.sort(values[k].astype(np.float64))
        distance = np.max(np.abs(below(x) - (np.arange(len(x)) + 0.5) / len(x)))
        if distance > 1.95 / len(x) ** 0.5:
            sys.exit(f"statement {k}: expected a distance of at most {1.95 / len(x) ** 0.5:.4f}, got {distance:.4f}")
    for k, weights in {2: [0.7, 0.3], 3: [0.2] * 5, 6: [0.125, 0, 0.625, 0.25]}.items():
        for label, weight in enumerate(weights):
            part = np.mean(values[k] == label)
            if abs(part - weight) > 4 * (weight * (1 - weight) / len(values[k])) ** 0.5:
                sys.exit(f"statement {k}: expected a part of {weight} for {label}, got {part:.4f}")
    rows = values[7].reshape(-1, 6)
    if set(np.unique(rows)) != {0, 1} or np.any(rows.sum(1) != 1) or np.any(np.abs(rows.mean(0) - 1 / 6) > 4 * 0.373 / len(rows) ** 0.5):
        sys.exit(f"expected rows with one 1, as often at each place, got {rows.mean(0)}")
    print(f"draws: {steps} steps")


def check_noise(recorded, steps):
    seen = {}
    for step in range(steps):
        for place, (application, instance) in enumerate(((0, 0), (1, 0), (1, 1))):
            def draw(name):
                values = recorded[f"step/{step}/draw/S#{application}/{name}#{instance}"]
                seen.setdefault(name, []).append(values)
                return values

            want = np.concatenate([draw("RandomNormalLike") * 0.5 + 1, draw("RandomUniformLike") * 4 - 1,
                                   draw("Bernoulli") < np.float32(0.3),
                                   np.tile(draw("RandomNormal") - 2 + draw("RandomUniform") * 2, (8, 1))], axis=1)
            close(f"step {step}", gradient(recorded, step, place), want)
    for name, values in seen.items():
        flat = np.sort(np.concatenate([draw.ravel() for draw in values]).astype(np.float64))
        if len(np.unique(flat)) < 0.999 * len(flat):
            sys.exit(f"{name}: expected fresh numbers, got {len(np.unique(flat))} of {len(flat)}")
        below = np.vectorize(lambda x: 0.5 * (1 + math.erf(x / 2 ** 0.5)))(flat) if "Normal" in name else flat
        distance = np.max(np.abs(below - (np.arange(len(flat)) + 0.5) / len(flat)))
        if distance > 1.95 / len(flat) ** 0.5:
            sys.exit(f"{name}: expected a distance of at most {1.95 / len(flat) ** 0.5:.4f}, got {distance:.4f}")
    print(f"noise: {steps} steps")


def check_dropout(recorded, steps):
    masks = []
    for step in range(steps):
        x = recorded[f"step/{step}/draw/x#0"].astype(np.float64)
        masks.append(recorded[f"step/{step}/draw/S#0/dropout#1#0"] < np.float32(0.7))
        close(f"step {step}", gradient(recorded, step), np.concatenate([np.where(masks[-1], x / 0.7, 0), masks[-1]], 1))
        close(f"step {step}, off", gradient(recorded, step, 1), np.concatenate([x, np.ones_like(x)], 1))
        # Where x is kept, the gradient is 2 s^2 x / 0.7^2, and depends on s too.
        inner = recorded[f"step/{step}/draw/S#2/dropout#1#0"] < np.float32(0.7)
        left = np.where(inner, x / 0.49, 0)
        close(f"step {step}, of a gradient", gradient(recorded, step, 2),
              np.concatenate([3 * left, np.full_like(x, 0.5)], 1))
    part = np.mean(masks)
    if abs(part - 0.7) > 4 * (0.21 / np.size(masks)) ** 0.5:
        sys.exit(f"expected to keep a part of 0.7, got {part:.4f}")
    print(f"dropout: {steps} steps")


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    name, ganc, step_run, work = sys.argv[1:]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    dice = np.random.default_rng(7)
    if name == "pool":
        steps = 700
        write_scale(work, (4, 3))
        np.save(f"{work}/data.npy", dice.standard_normal((999, 3)).astype(np.float32))
        check_pool(record(ganc, step_run, work, name, steps), steps)
    elif name == "draws":
        steps = 250
        write_scale(work, (8, 6))
        check_draws(record(ganc, step_run, work, name, steps), steps)
    elif name == "dropout":
        steps = 60
        write_dropout(work, 8, 6)
        np.save(f"{work}/data.npy", dice.standard_normal((99, 6)).astype(np.float32))
        check_dropout(record(ganc, step_run, work, name, steps), steps)
    elif name == "noise":
        steps = 60
        write_noise(work, 8, 6)
        np.save(f"{work}/data.npy", dice.standard_normal((99, 6)).astype(np.float32))
        check_noise(record(ganc, step_run, work, name, steps), steps)
    else:
        steps = 30
        write_scale(work, (4, 3, 8, 6))
        np.save(f"{work}/data.npy", dice.uniform(-1, 1, (50, 3, 8, 6)).astype(np.float32))
        check_augment(record(ganc, step_run, work, name, steps), steps)


if __name__ == "__main__":
    main()
