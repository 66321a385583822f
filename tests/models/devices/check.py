#!/usr/bin/env python3
"""Trains a compiled game on the CPU and on the devices that there are, and compares.

usage: check.py GANC GAME WORK_DIR DEVICE... [--steps=20] [--backend=NAME] [--batch=N]

GAME is a file of ../same-bits, or a game of the library, which learns Fashion-MNIST.
For every device: losses follow the CPU's within 1e-4 for 3 steps and 2e-2 for 20,
relative to the loss, or to a hundredth of the largest one where it crosses zero; a
second run ends in the same bits. With more than 3 steps, so does one that was stopped
and resumed, and a run that goes on on the CPU, or began there, has losses that follow,
too. A device that is not there is counted as skipped; if none is, the exit status is 77.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "same-bits"))
from programs import read_tensors, run
import same_bits

FASHION = "/usr/share/datasets/fashion-mnist"
LIMITS = ((3, 1e-4), (20, 2e-2))  # steps, relative difference
NOT_THERE = 77


def losses(path):
    """step -> name -> loss, of a record."""
    result = {}
    for name, value in read_tensors(path).items():
        found = re.fullmatch(r"step/(\d+)/(loss/.*)", name)
        if found:
            result.setdefault(int(found[1]), {})[found[2]] = float(value)
    return result


class Training:
    """A compiled game, and what its steps lose on the CPU."""

    def __init__(self, options, devices):
        self.work, self.steps = options.work, options.steps
        flags = [f"--device=cpu,{','.join(devices)}"]
        if options.backend:
            flags.append(f"--backend={options.backend}")
        if options.batch:
            flags.append(f"--batch={options.batch}")
        if os.path.exists(options.game):
            same_bits.compile_game(options.ganc, options.game, self.work, *flags)
            self.data = same_bits.data_of(self.work)
        else:
            shutil.rmtree(self.work, ignore_errors=True)
            os.makedirs(self.work)
            run(options.ganc, options.game, *flags, "-o", f"{self.work}/train")
            self.data = [f"--data={FASHION}"]
        self.expected = {}

    def train(self, outdir, device, *arguments):
        """The folder of a run."""
        return same_bits.train(self.work, outdir, f"--device={device}", *arguments, data=self.data)

    def record(self, outdir, device, *arguments):
        """The same, and the losses of its steps."""
        record = f"{self.work}/{outdir}.safetensors"
        return self.train(outdir, device, f"--record={record}", *arguments), losses(record)

    def follow(self, name, got):
        """Ends the program unless the losses stay close to the CPU's; tells how close."""
        expected = self.expected
        if len(expected) != self.steps or {s: set(v) for s, v in expected.items()} != {
                s: set(v) for s, v in got.items()}:
            sys.exit(f"{name}: expected the same losses in {self.steps} steps")
        floor = max(abs(v) for step in expected.values() for v in step.values()) / 100
        for steps, limit in (pair for pair in LIMITS if pair[0] <= self.steps):
            differences = [(abs(value - got[step][loss]) / max(abs(value), floor), step, loss)
                           for step in range(steps) for loss, value in expected[step].items()]
            worst, step, loss = max(differences)
            print(f"{name}: losses of {steps} steps differ by {worst:.1e} at most ({loss} of step {step})", flush=True)
            if not worst <= limit:
                sys.exit(f"{name}: expected {limit:.0e} at most")

    def stop(self, device, whole):
        """A run that is stopped and resumed ends in the same bits."""
        half = self.steps // 2
        # Where a run was stopped it has written what another has not.
        extra = tuple(f"{name} of step {half}." for name in ("fakes", "network-snapshot-"))
        stopped = self.train(f"{device}-stopped", device, f"--steps={half}")
        with open(f"{stopped}/options.json") as file:
            if not json.load(file)["device"].startswith(f"{device} ("):
                sys.exit(f"{device}: expected it in options.json")
        self.train(f"{device}-stopped", device, f"--resume={stopped}", f"--steps={self.steps}")
        same_bits.compare(f"{device}, stopped and resumed", whole, {
            name: value for name, value in same_bits.bits(stopped).items() if not name.startswith(extra)})

    def move(self, first, then):
        """A run goes on elsewhere, with a warning, and has losses that follow."""
        name = f"{first} to {then}"
        moved, got = self.record(f"{first}-{then}", first, f"--steps={self.steps // 2}")
        _, more = self.record(f"{first}-{then}", then, f"--resume={moved}", f"--steps={self.steps}")
        self.follow(name, got | more)
        with open(f"{moved}/log.txt") as file:
            if "device" not in "".join(line for line in file if line.startswith("warning:")):
                sys.exit(f"{name}: expected a warning where a run goes on elsewhere")

    def check(self, device):
        first, got = self.record(f"{device}-first", device, f"--steps={self.steps}")
        self.follow(device, got)
        second = self.train(f"{device}-second", device, f"--steps={self.steps}", "--threads=1")
        whole = same_bits.bits(first)
        same_bits.compare(f"{device}, a second run", whole, same_bits.bits(second))
        if self.steps > LIMITS[0][0]:
            self.stop(device, whole)
            self.move(device, "cpu")
            self.move("cpu", device)

    def refuse(self, device):
        """What is not there is one sentence."""
        done = subprocess.run([f"{self.work}/train", *self.data, f"--device={device}"], capture_output=True, text=True)
        if done.returncode != 1 or len(done.stderr.splitlines()) != 1:
            sys.exit(f"expected one sentence without {device}, got {done.returncode}:\n{done.stderr}")
        print(f"{device}: {done.stderr.strip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("ganc", "game", "work"):
        parser.add_argument(name)
    parser.add_argument("devices", nargs="+")
    parser.add_argument("--steps", type=int, default=LIMITS[-1][0])
    parser.add_argument("--backend")
    parser.add_argument("--batch")
    options = parser.parse_args()
    training = Training(options, options.devices)
    there = re.findall(r"^(\w+):0 ", run(f"{options.work}/train", "--list-devices"), re.MULTILINE)
    missing = [device for device in options.devices if device not in there]
    for device in missing:
        training.refuse(device)
    if len(missing) < len(options.devices):
        _, training.expected = training.record("cpu", "cpu", f"--steps={options.steps}")
    for device in options.devices:
        if device in there:
            training.check(device)
    print(f"{len(options.devices)} devices, {len(missing)} skipped"
          + (f": {', '.join(missing)}" if missing else ""))
    sys.exit(NOT_THERE if len(missing) == len(options.devices) else 0)


if __name__ == "__main__":
    main()
