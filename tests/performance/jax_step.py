#!/usr/bin/env python3
"""Steps of the library's games under JAX's jit, a peer of training.py.

usage: jax_step.py GAME THREADS LAYOUT    GAME: dcgan or wgan_gp; LAYOUT: NCHW or NHWC

One jit for the whole step, with donated state, as JAX is at its best. Reads
numbers of steps from stdin, one a line; answers each with seconds a step.
"""

import os
import sys
import time

GAME, THREADS, LAYOUT = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])  # what XLA makes its threads by

import jax
from jax import lax, nn, numpy as jnp, random

BATCH, LATENT = 64, 100
CONVOLVE = (LAYOUT, "OIHW", LAYOUT)
CHANNELS = LAYOUT.index("C")
SPACE = tuple(axis for axis in range(1, 4) if axis != CHANNELS)


def shape(channels, *space):
    return (BATCH, channels, *space) if CHANNELS == 1 else (BATCH, *space, channels)


def along_channels(vector):
    return vector.reshape([-1 if axis == CHANNELS else 1 for axis in range(4)])


def conv(x, p, name, stride=1, pad=0):
    y = lax.conv_general_dilated(x, p[f"{name}.weight"], (stride, stride), [(pad, pad)] * 2,
                                 dimension_numbers=CONVOLVE)
    return y + along_channels(p[f"{name}.bias"]) if f"{name}.bias" in p else y


def conv_transpose(x, p, name, stride=1, pad=0):
    """PyTorch's: the gradient of a convolution by its input; weights are [in, out, k, k]."""
    weight = jnp.flip(p[f"{name}.weight"], (2, 3)).swapaxes(0, 1)
    around = weight.shape[2] - 1 - pad
    return lax.conv_general_dilated(x, weight, (1, 1), [(around, around)] * 2, lhs_dilation=(stride, stride),
                                    dimension_numbers=CONVOLVE)


def batch_norm(x, p, name):
    """The normalised values, and what the running statistics need."""
    axes = (0, *SPACE)
    mean, variance = x.mean(axes), x.var(axes)
    scale = p[f"{name}.weight"] * lax.rsqrt(variance + 1e-5)
    shift = p[f"{name}.bias"] - mean * scale
    return x * along_channels(scale) + along_channels(shift), jnp.stack([mean, variance])


def generator(p, z):
    x, first = batch_norm(conv_transpose(z, p, "0"), p, "0.norm")
    x, second = batch_norm(conv_transpose(nn.relu(x), p, "1", 2, 1), p, "1.norm")
    return jnp.tanh(conv_transpose(nn.relu(x), p, "2", 2, 1)), {"0.norm": first, "1.norm": second}


def judge(p, x):
    x = conv(nn.leaky_relu(conv(x, p, "0", 2, 1), 0.2), p, "1", 2, 1)
    statistics = {}
    if "1.norm.weight" in p:
        x, statistics["1.norm"] = batch_norm(x, p, "1.norm")
    return conv(nn.leaky_relu(x, 0.2), p, "2").reshape(-1), statistics


def advance(running, *seen):
    for statistics in seen:
        running = {name: 0.9 * value + 0.1 * statistics[name] for name, value in running.items()}
    return running


def adam(p, moments, gradients, rate, beta1, beta2):
    first, second, count = moments
    count += 1
    first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients)
    change = lambda w, m, v: w - rate / (1 - beta1 ** count) * m / (jnp.sqrt(v / (1 - beta2 ** count)) + 1e-8)
    return jax.tree.map(change, p, first, second), (first, second, count)


def start(normalised):
    key = iter(random.split(random.key(1), 8))
    weight = lambda *dims: 0.02 * random.normal(next(key), dims)
    norm = lambda name, count: {f"{name}.weight": jnp.ones(count), f"{name}.bias": jnp.zeros(count)}
    bias = lambda name, count: {} if normalised else {f"{name}.bias": jnp.zeros(count)}
    g = {"0.weight": weight(LATENT, 128, 7, 7), **norm("0.norm", 128), "1.weight": weight(128, 64, 4, 4),
         **norm("1.norm", 64), "2.weight": weight(64, 1, 4, 4)}
    d = {"0.weight": weight(64, 1, 4, 4), **bias("0", 64), "1.weight": weight(128, 64, 4, 4), **bias("1", 128),
         **(norm("1.norm", 128) if normalised else {}), "2.weight": weight(1, 128, 7, 7), **bias("2", 1)}
    running = lambda p: {name[:-7]: jnp.stack([jnp.zeros(value.size), jnp.ones(value.size)])
                         for name, value in p.items() if name.endswith("norm.weight")}
    zeros = lambda p: jax.tree.map(jnp.zeros_like, p)
    moments = lambda p: (zeros(p), zeros(p), jnp.float32(0))
    return {"g": g, "d": d, "of_g": moments(g), "of_d": moments(d),
            "running_g": running(g), "running_d": running(d)}


def draw_z(key):
    return random.normal(key, shape(LATENT, 1, 1))


def dcgan(state, key, x):
    z = draw_z(key)
    fake, seen_g = generator(state["g"], z)

    def of_d(d):
        real, seen = judge(d, x)
        score, again = judge(d, fake)
        return nn.softplus(-real).mean() + nn.softplus(score).mean(), (seen, again)

    gradients, (seen, again) = jax.grad(of_d, has_aux=True)(state["d"])
    d, moments_d = adam(state["d"], state["of_d"], gradients, 2e-4, 0.5, 0.999)
    gradients = jax.grad(lambda g: nn.softplus(-judge(d, generator(g, z)[0])[0]).mean())(state["g"])
    g, moments_g = adam(state["g"], state["of_g"], gradients, 2e-4, 0.5, 0.999)
    return {"g": g, "d": d, "of_g": moments_g, "of_d": moments_d,
            "running_g": advance(state["running_g"], seen_g),
            "running_d": advance(state["running_d"], seen, again)}


def wgan_gp(state, key, *xs):
    keys = random.split(key, 11)
    for index, x in enumerate(xs):
        fake, _ = generator(state["g"], draw_z(keys[2 * index]))
        a = random.uniform(keys[2 * index + 1], (BATCH, 1, 1, 1))
        between = a * x + (1 - a) * fake

        def of_d(d):
            slope = jax.grad(lambda u: judge(d, u)[0].sum())(between)
            penalty = jnp.square(jnp.sqrt(jnp.square(slope).sum((1, 2, 3))) - 1).mean()
            return judge(d, fake)[0].mean() - judge(d, x)[0].mean() + 10 * penalty

        d, moments = adam(state["d"], state["of_d"], jax.grad(of_d)(state["d"]), 1e-4, 0.0, 0.9)
        state = {**state, "d": d, "of_d": moments}

    def of_g(g):
        fake, seen = generator(g, draw_z(keys[10]))
        return -judge(state["d"], fake)[0].mean(), seen

    gradients, seen = jax.grad(of_g, has_aux=True)(state["g"])
    g, moments = adam(state["g"], state["of_g"], gradients, 1e-4, 0.0, 0.9)
    return {**state, "g": g, "of_g": moments, "running_g": advance(state["running_g"], seen)}


def main():
    play, batches = {"dcgan": (dcgan, 1), "wgan_gp": (wgan_gp, 5)}[GAME]
    step = jax.jit(play, donate_argnums=0)
    state, key, count = start(GAME == "dcgan"), random.key(2), 0
    data = [jnp.clip(random.normal(random.fold_in(key, 10 ** 6 + index), shape(1, 28, 28)), -1, 1)
            for index in range(16)]

    def run(steps):
        nonlocal state, count
        for _ in range(steps):
            xs = [data[(count * batches + index) % len(data)] for index in range(batches)]
            state = step(state, random.fold_in(key, count), *xs)
            count += 1
        jax.block_until_ready(state)

    run(3)
    for line in sys.stdin:
        begin = time.perf_counter()
        run(int(line))
        print((time.perf_counter() - begin) / int(line), flush=True)


if __name__ == "__main__":
    main()
