"""What ptxas makes of the kernels of a program, since no GPU can be relied on.

  ganc GAME --stop-after=plan -o dump.mlir
  device_counts.py kernel-run dump.mlir PTXAS [--arch=sm_80]

Prints a table: groups, threads, registers and shared memory of every launch, and
the occupancy that follows from them. Spilled registers are an error.
"""

import argparse
import math
import re
import subprocess
import sys

# Of one multiprocessor: registers, shared bytes, threads, groups.
PROCESSORS = {"sm_80": (65536, 164 << 10, 2048, 32), "sm_90a": (65536, 227 << 10, 2048, 32)}
# A kernel in a dump of any phase; kernel-run reads nothing else of it.
KERNEL = re.compile(r"^( *)kernel\.define.*?^\1\}$", re.MULTILINE | re.DOTALL)
LAUNCH = re.compile(r"(\d+)x(\d+)x(\d+)\*(\d+) (\d+) registers (\d+) shared")


def occupancy(arch, threads, registers, shared):
    """The part of the threads that a multiprocessor can hold at once."""
    all_registers, all_shared, all_threads, all_groups = PROCESSORS[arch]
    warps = math.ceil(threads / 32)
    # Registers are given to a warp by 256, shared memory by 128 bytes and 1 KiB more.
    groups = min(all_groups, all_threads // (warps * 32))
    groups = min(groups, all_registers // (math.ceil(registers * 32 / 256) * 256 * warps))
    groups = min(groups, all_shared // ((math.ceil(shared / 128) * 128) + 1024))
    return groups * warps * 32 / all_threads


def rows_of(text, arch):
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        launches = LAUNCH.findall(rest)
        for number, launch in enumerate(launches):
            x, y, z, threads, registers, shared = map(int, launch)
            yield (name + (f" ({number + 1} of {len(launches)})" if len(launches) > 1 else ""),
                   x * y * z, threads, registers, shared, occupancy(arch, threads, registers, shared))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kernel_run")
    parser.add_argument("file")
    parser.add_argument("ptxas")
    parser.add_argument("--arch", default="sm_80", choices=sorted(PROCESSORS))
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        kernels = "\n".join(match.group() for match in KERNEL.finditer(file.read()))
    done = subprocess.run([options.kernel_run, "-", f"--device=cuda:{options.arch}",
                           f"--ptxas={options.ptxas}"], input=kernels, capture_output=True, text=True,
                          check=False)
    sys.stderr.write(done.stderr)
    print("| kernel | groups | threads | registers | shared bytes | occupancy |")
    print("|---|---|---|---|---|---|")
    for name, groups, threads, registers, shared, part in rows_of(done.stdout, options.arch):
        print(f"| `{name}` | {groups} | {threads} | {registers} | {shared} | {part:.0%} |")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
