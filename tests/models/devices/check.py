#!/usr/bin/env python3
"""Trains a compiled game on the CPU and on the devices that there are, and compares.

usage: check.py GANC GAME WORK_DIR DEVICE...

For every device: losses follow the CPU's within 1e-4 for 3 steps and 2e-2 for 20, relative to the loss, or to
a hundredth of the largest one where it crosses zero; a second run ends in the same bits, and so does one that
was stopped and resumed; a run of the device goes on on the CPU. A device that is not there is counted as
skipped; if none is, the exit status is 77.
"""

import json
import os
import re
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "same-bits"))
from programs import read_tensors, run
import same_bits

STEPS = 20
LIMITS = ((3, 1e-4), (STEPS, 2e-2))  # steps, relative difference
NOT_THERE = 77


def losses(path):
    """step -> name -> loss, of a record."""
    result = {}
    for name, value in read_tensors(path).items():
        found = re.fullmatch(r"step/(\d+)/(loss/.*)", name)
        if found:
            result.setdefault(int(found[1]), {})[found[2]] = float(value)
    return result


def follow(device, expected, got):
    """Ends the program unless the losses stay close to the CPU's; tells how close."""
    if len(expected) != STEPS or {s: set(v) for s, v in expected.items()} != {s: set(v) for s, v in got.items()}:
        sys.exit(f"{device}: expected the same losses in {STEPS} steps")
    floor = max(abs(v) for step in expected.values() for v in step.values()) / 100
    for steps, limit in LIMITS:
        differences = [(abs(value - got[step][name]) / max(abs(value), floor), step, name)
                       for step in range(steps) for name, value in expected[step].items()]
        worst, step, name = max(differences)
        print(f"{device}: losses of {steps} steps differ by {worst:.1e} at most ({name} of step {step})")
        if not worst <= limit:
            sys.exit(f"{device}: expected {limit:.0e} at most")


def train(work, outdir, device, *arguments):
    return same_bits.train(work, outdir, f"--device={device}", *arguments)


def check(work, device, cpu_losses):
    record = f"{work}/{device}.safetensors"
    first = train(work, f"{device}-first", device, f"--steps={STEPS}", f"--record={record}")
    follow(device, cpu_losses, losses(record))
    second = train(work, f"{device}-second", device, f"--steps={STEPS}", "--threads=1")
    whole = same_bits.bits(first)
    same_bits.compare(f"{device}, a second run", whole, same_bits.bits(second))
    # Where a run was stopped it has written what another has not.
    extra = tuple(f"{name} of step {STEPS // 2}." for name in ("fakes", "network-snapshot-"))
    stopped = train(work, f"{device}-stopped", device, f"--steps={STEPS // 2}")
    with open(f"{stopped}/options.json") as file:
        if not json.load(file)["device"].startswith(f"{device} ("):
            sys.exit(f"{device}: expected it in options.json")
    train(work, f"{device}-stopped", device, f"--resume={stopped}", f"--steps={STEPS}")
    same_bits.compare(f"{device}, stopped and resumed", whole, {
        name: value for name, value in same_bits.bits(stopped).items() if not name.startswith(extra)})
    moved = train(work, f"{device}-moved", device, f"--steps={STEPS // 2}")
    train(work, f"{device}-moved", "cpu", f"--resume={moved}", f"--steps={STEPS}")
    with open(f"{moved}/log.txt") as file:
        if "device" not in "".join(line for line in file if line.startswith("warning:")):
            sys.exit(f"{device}: expected a warning where a run goes on on the CPU")


def main():
    ganc, game, work, *devices = sys.argv[1:]
    same_bits.compile_game(ganc, game, work, f"--device=cpu,{','.join(devices)}")
    program = f"{work}/train"
    there = re.findall(r"^(\w+):0 ", run(program, "--list-devices"), re.MULTILINE)
    missing = [device for device in devices if device not in there]
    for device in missing:
        done = subprocess.run([program, *same_bits.data_of(work), f"--device={device}"], capture_output=True, text=True)
        if done.returncode != 1 or len(done.stderr.splitlines()) != 1:
            sys.exit(f"expected one sentence without {device}, got {done.returncode}:\n{done.stderr}")
        print(f"{device}: skipped, {done.stderr.strip()}")
    record = f"{work}/cpu.safetensors"
    train(work, "cpu", "cpu", f"--steps={STEPS}", f"--record={record}")
    for device in devices:
        if device in there:
            check(work, device, losses(record))
    if len(missing) == len(devices):
        sys.exit(NOT_THERE)


if __name__ == "__main__":
    main()
