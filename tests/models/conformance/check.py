#!/usr/bin/env python3
"""Whole networks and whole training steps on every device, by every backend.

usage: check.py GANC STEP_RUN WORK_DIR BACKEND-DEVICE...

BACKEND-DEVICE is llvm-cpu, halide-cpu, llvm-vulkan and so on. Networks are small
DCGANs, a CycleGAN and a StyleGAN2; training is two steps of the library's DCGAN and
WGAN-GP. Few tensors fill whole lines of 64 bytes. What they give is compared with
the interpreter in float64, and any two with each other, by the 2-norm of each
tensor, or of losses at least a tenth of the largest: outputs and losses 1e-5,
gradients and the state at the end 1e-4. What could not be run here is counted in the
last line; if nothing could, the exit status is 77.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import families
from programs import read_tensors, run, write_tensors

IMAGES, STEPS, CRITIC_STEPS = 3, 2, 2
CHANNELS, FIRST, LATENT = 3, (3, 5), 10  # of DCGAN
NETWORKS = ("generator", "discriminator", "cyclegan-generator", "stylegan2-generator", "stylegan2-discriminator")
# Draws of a step.
GAMES = {"dcgan": {"x": 1, "z": 1}, "wgan_gp": {"x": CRITIC_STEPS, "a": CRITIC_STEPS, "z": CRITIC_STEPS + 1}}
BOUNDS = {"/loss/": 1e-5, "/gradient/": 1e-4, "/state/": 1e-4}
NOT_THERE = 77


class Comparison:
    """What one network or game gives, by where: expected first."""

    def __init__(self, name, expected):
        self.name, self.results = name, {"interpreter": expected}
        # A loss may be next to zero.
        self.least = max((abs(float(loss)) for key, loss in expected.items() if "/loss/" in key), default=0) / 10

    def add(self, where, got):
        """Ends the program if it differs from what was added before."""
        worst = 0
        for other, want in self.results.items():
            for name, values in want.items():
                if name not in got or got[name].shape != values.shape:
                    sys.exit(f"{self.name}: {where} gives another {name} than {other}")
                bound = next((bound for word, bound in BOUNDS.items() if word in name), 1e-5)
                scale = np.linalg.norm(values.astype(np.float64)) or 1
                if "/loss/" in name:
                    scale = max(scale, self.least)
                error = np.linalg.norm(got[name].astype(np.float64) - values) / scale
                worst = max(worst, error / bound)
                if not error <= bound:
                    sys.exit(f"{self.name}, {name}: {where} and {other} differ by {error:.2g}, expected {bound:g}")
        self.results[where] = got
        print(f"{self.name}: {where} {worst:.1%} of the bounds", flush=True)


class Ways:
    """All that is compared: backends with devices."""

    def __init__(self, ganc, step_run, names):
        self.ganc, self.step_run = ganc, step_run
        self.targets = [tuple(name.split("-")) for name in names]
        self.missing = None  # devices, when a program has told

    def compile(self, source, work, *flags):
        """One program for each backend, for all of its devices, and the dump that the interpreter reads."""
        for backend in dict.fromkeys(backend for backend, _ in self.targets):
            devices = ["cpu", *(device for other, device in self.targets if other == backend and device != "cpu")]
            dump = [] if os.path.exists(f"{work}/dump") else [f"--dump-dir={work}/dump"]
            run(self.ganc, source, *flags, *dump, "-march=native", f"--backend={backend}",
                f"--device={','.join(devices)}", "-o", f"{work}/{backend}")
            if self.missing is None:
                there = re.findall(r"^(\w+):0 ", run(f"{work}/{backend}", "--list-devices"), re.MULTILINE) + ["cpu"]
                self.missing = {device for _, device in self.targets if device not in there}

    def interpret(self, work, given, *flags):
        write_tensors(f"{work}/given.safetensors", given, f="F64")
        run(self.step_run, f"{work}/dump/03-grad.mlir", f"--given={work}/given.safetensors", *flags,
            f"--record={work}/expected.safetensors")
        return read_tensors(f"{work}/expected.safetensors")

    def programs(self, work):
        """Where it is compared, and the command without its arguments."""
        for backend, device in self.targets:
            if device not in self.missing:
                yield f"{backend}-{device}", [f"{work}/{backend}", f"--device={device}"]


# Networks.

def check_network(ways, name, folder, work):
    source = f"{folder}/{name}.onnx"
    ways.compile(source, work, f"--batch={IMAGES}")
    random = np.random.default_rng(5)
    given = {name: random.standard_normal((IMAGES, *shape), np.float32)
             for name, shape in families.inputs(source).items()}
    for key, values in given.items():
        np.save(f"{work}/{key}.npy", values)
    expected = ways.interpret(work, given)
    comparison = Comparison(name, expected)
    for where, command in ways.programs(work):
        run(*command, *(f"--input={key}=@{work}/{key}.npy" for key in given),
            *(f"--output={key}=@{work}/out-{key}.npy" for key in expected))
        comparison.add(where, {key: np.load(f"{work}/out-{key}.npy") for key in expected})


# Games.

def draws_of(game, sizes):
    """As many as the steps take."""
    random = np.random.default_rng(7)
    makers = {"x": lambda: random.uniform(-1, 1, sizes), "z": lambda: random.standard_normal((sizes[0], LATENT)),
              "a": lambda: random.uniform(0, 1, (sizes[0], 1, 1, 1))}
    return {f"step/{step}/draw/{name}#{time}": makers[name]().astype(np.float32)
            for step in range(STEPS) for name, times in GAMES[game].items() for time in range(times)}


def check_game(ways, game, folder, work):
    source = f"{folder}/{game}.game"
    shutil.copy(os.path.join(families.LIBRARY, f"{game}.game"), source)
    sizes = (IMAGES, CHANNELS, 4 * FIRST[0], 4 * FIRST[1])
    constants = {"channels": sizes[1], "height": sizes[2], "width": sizes[3], "latent": LATENT, "spread": 0.1}
    if game == "wgan_gp":
        constants["critic_steps"] = CRITIC_STEPS
    flags = [flag for name, value in constants.items() for flag in ("-D", f"{name}={value}")]
    ways.compile(source, work, f"--batch=x:{IMAGES}", *flags)
    draws = draws_of(game, sizes)
    write_tensors(f"{work}/draws.safetensors", draws)
    np.save(f"{work}/x.npy", np.concatenate([values for name, values in draws.items() if "/draw/x#" in name]))
    expected = {name: values for name, values in ways.interpret(work, draws, f"--steps={STEPS}").items()
                if "/loss/" in name or "/gradient/" in name or f"step/{STEPS - 1}/state/" in name}
    comparison = Comparison(game, expected)
    for where, command in ways.programs(work):
        run(*command, f"--data={work}/x.npy", f"--outdir={work}/{where}", f"--steps={STEPS}",
            f"--given={work}/draws.safetensors", f"--record={work}/{where}.safetensors")
        got = read_tensors(f"{work}/{where}.safetensors")
        state, = glob.glob(f"{work}/{where}/*/checkpoint-*[0-9]/state.safetensors")
        got.update({f"step/{STEPS - 1}/state/{name}": values for name, values in read_tensors(state).items()})
        comparison.add(where, {name: got[name] for name in expected if name in got})


def main():
    ganc, step_run, work, *names = sys.argv[1:]
    ways = Ways(ganc, step_run, names)
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("networks", "players", *NETWORKS, *GAMES):
        os.makedirs(f"{work}/{folder}")
    families.dcgan(f"{work}/networks", latent=LATENT, channels=CHANNELS, filters=9, first=FIRST, levels=2,
                   tells_features=True)
    families.cyclegan(f"{work}/networks", channels=3, filters=5, blocks=2, height=20, width=12)
    families.stylegan2(f"{work}/networks", resolution=16, base=144, most=18, latent=15, layers=1)
    families.dcgan(f"{work}/players", latent=LATENT, channels=CHANNELS, filters=9, first=FIRST, levels=2)
    with ThreadPoolExecutor(2) as pool:  # what is compiled and run takes the time
        checks = [pool.submit(check_network, ways, name, f"{work}/networks", f"{work}/{name}") for name in NETWORKS]
        checks += [pool.submit(check_game, ways, game, f"{work}/players", f"{work}/{game}") for game in GAMES]
        for check in checks:
            check.result()
    what = len(NETWORKS) + len(GAMES)
    skipped = [f"{backend}-{device}" for backend, device in ways.targets if device in ways.missing]
    print(f"{len(NETWORKS)} networks and {len(GAMES)} games in {len(names)} ways, {len(skipped) * what} skipped"
          + (f": {', '.join(skipped)}" if skipped else ""))
    sys.exit(NOT_THERE if len(skipped) == len(names) else 0)


if __name__ == "__main__":
    main()
