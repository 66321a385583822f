#!/usr/bin/env python3
"""Times --backend=auto against each backend alone, network by network, and says how
often an estimate chose the kernel that is measured to be the fastest.

usage: backends.py GANC OUTPUT_DIR [--rounds=15] [--networks=NAME,…]
       backends.py --kernel-run=PROGRAM [--rounds=15]
       backends.py --times=FILE,…

A network is compiled three times; the programs take turns, in an order that changes
from round to round. Times are the processor's, of one thread, so that a busy machine
does less harm.

The second form times single kernels of every kind, the third reads what `ganc --tune`
has measured of a network's. Both print what each backend takes, how often the choice by
estimate is the faster one (or within 3 per cent), and what it loses.
"""

import argparse
import collections
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

import numpy as np

import benchmark_networks
import compare
from compiled_library import CompiledLibrary

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = "/usr/share/datasets/fashion-mnist"
STEPS = {"dcgan": 4, "wgan_gp": 2}
BACKENDS = ("llvm", "halide", "auto")


# Networks.

def generator_legs(name, options):
    model = benchmark_networks.write(name, options.outdir)
    _, shape, batch = benchmark_networks.GENERATORS[name]
    z = np.random.default_rng(1).standard_normal((batch, *shape), np.float32)
    programs = {backend: CompiledLibrary(
        options.ganc, model, os.path.join(options.outdir, f"lib{name}_{backend}.so"), batch, [3, 64, 64], 1,
        f"--backend={backend}") for backend in BACKENDS}
    expected = programs["llvm"](z).copy()
    for backend, program in programs.items():
        error = np.linalg.norm(program(z) - expected) / np.linalg.norm(expected)
        if not error < 1e-4:
            sys.exit(f"{name}: the outputs of llvm and {backend} differ by {error:.3g} (2-norm)")
    return {backend: lambda run=program: compare.seconds(lambda: run(z), 0.1, time.thread_time)
            for backend, program in programs.items()}


def step_legs(name, options):
    def leg(trainer):
        def run(steps):
            runs = os.path.join(options.outdir, "runs")
            shutil.rmtree(runs, ignore_errors=True)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([trainer, f"--data={DATA}", f"--outdir={runs}", f"--steps={steps}", "--threads=1"],
                           check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime - before.ru_utime
        return lambda: (run(STEPS[name] + 1) - run(1)) / STEPS[name]

    legs = {}
    for backend in BACKENDS:
        trainer = os.path.join(options.outdir, f"{name}_{backend}")
        subprocess.run([options.ganc, name, f"--backend={backend}", "-o", trainer], check=True)
        legs[backend] = leg(trainer)
    return legs


def compare_networks(options):
    probe = compare.make_probe(options.outdir)
    networks = {name: (step_legs if name in STEPS else generator_legs)(name, options)
                for name in options.networks or [*benchmark_networks.GENERATORS, *STEPS]}
    print("| network | llvm ms | halide ms | auto ms | llvm / auto | halide / auto |\n|---|---|---|---|---|---|",
          flush=True)
    for name, legs in networks.items():
        # Steps by Halide alone take seconds.
        samples = compare.interleave(legs, max(options.rounds // 2, 3) if name in STEPS else options.rounds, probe)
        ratios = {backend: compare.statistics(samples, "auto", backend) for backend in BACKENDS[:2]}
        best = " | ".join(f"{1e3 * min(sample[backend] for sample in samples):.2f}" for backend in BACKENDS)
        text = " | ".join(f"{r['ratio']:.3f} ({r['low']:.3f} … {r['high']:.3f}), best {r['ratio_of_best']:.3f}"
                          f"{' VOID' if r['void'] else ''}" for r in ratios.values())
        print(f"| {name} | {best} | {text} |", flush=True)
        with open(os.path.join(options.outdir, "backends.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"network": name, "samples": samples}) + "\n")


# Kernels.

class Measured:
    """What each backend takes for one kernel, and what it was expected to."""

    def __init__(self, name):
        self.name, self.seconds, self.estimates = name, {}, {}

    def add(self, backend, seconds, estimate):
        self.seconds[backend] = min(seconds, self.seconds.get(backend, np.inf))
        self.estimates[backend] = estimate

    @property
    def is_choice(self):
        return len(self.seconds) == 2

    @property
    def best(self):
        return min(self.seconds.values())

    @property
    def taken(self):
        return self.seconds[min(self.estimates, key=self.estimates.get)]


def read_times(paths):
    """Kernels of files that `ganc --tune` has written: the form of code that each backend
    prefers, for nothing else is taken without such a file."""
    kernels = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in map(json.loads, file):
                kernel = kernels[line["kernel"]] = Measured(line["name"].split("_", 1)[1])
                for candidate in line["candidates"]:
                    if candidate["variant"] == 0:
                        kernel.add(candidate["backend"], candidate["seconds"], candidate["estimate"])
    return kernels.values()


def run_kernels(options):
    """Those of Inputs/kernels.mlir."""
    kernels = {}
    for index in range(options.rounds):
        for backend in BACKENDS[:2][::-1 if index % 2 else 1]:
            command = [options.kernel_run, os.path.join(HERE, "Inputs", "kernels.mlir"), f"--backend={backend}",
                       "--time=20", "--level=native", "--numerics=fast", "--unchecked"]
            out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            for found in re.finditer(r"^(\w+): .* cost (\S+) ms\n +1 thread +(\S+) ms", out, re.MULTILINE):
                name, *numbers = found.groups()
                estimate, seconds = (1e-3 * float(number) for number in numbers)
                kernels.setdefault(name, Measured(name)).add(backend, seconds, estimate)
    return kernels.values()


def print_choices(kernels):
    groups = collections.defaultdict(list)
    for kernel in kernels:
        if kernel.is_choice:
            groups[kernel.name].append(kernel)
    print("| kernel | how many | llvm us | halide us | llvm / halide | chosen | lost |\n"
          "|---|---|---|---|---|---|---|")

    def row(name, group):
        llvm, halide, taken, best = (1e6 * sum(map(function, group)) for function in (
            lambda k: k.seconds["llvm"], lambda k: k.seconds["halide"], lambda k: k.taken, lambda k: k.best))
        right = sum(k.taken <= 1.03 * k.best for k in group)
        print(f"| {name} | {len(group)} | {llvm:.1f} | {halide:.1f} | {llvm / halide:.2f} | "
              f"{right} right | {100 * (taken / best - 1):.1f} % |")

    for name in sorted(groups, key=lambda name: -sum(k.seconds["llvm"] for k in groups[name])):
        row(name, groups[name])
    row("all", [kernel for group in groups.values() for kernel in group])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ganc", nargs="?")
    parser.add_argument("outdir", nargs="?")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--networks", type=lambda text: text.split(","))
    parser.add_argument("--kernel-run")
    parser.add_argument("--times", type=lambda text: text.split(","))
    options = parser.parse_args()
    if options.times:
        return print_choices(read_times(options.times))
    if options.kernel_run:
        return print_choices(run_kernels(options))
    os.makedirs(options.outdir, exist_ok=True)
    compare_networks(options)


if __name__ == "__main__":
    main()
