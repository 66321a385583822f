"""What the kernels of a program would take on a GPU, since none can be relied on.

  ganc GAME --stop-after=plan -o dump.mlir
  device_counts.py kernel-run dump.mlir PTXAS [--arch=sm_80] [--numerics=fast] [--roofline]

Prints a table: groups, threads, registers and shared memory of every launch as
ptxas gives them, and the occupancy that follows. Spilled registers are an error.

With --roofline: what the calls of one step (or of one inference) compute, what
they must move (every argument and result once), what their accesses ask of memory
and caches together, and the time that the slower of products and memory takes.
"""

import argparse
import collections
import math
import re
import subprocess
import sys

# Of one multiprocessor: registers, shared bytes, threads, groups.
PROCESSORS = {"sm_80": (65536, 164 << 10, 2048, 32), "sm_90a": (65536, 227 << 10, 2048, 32)}
# Of a GPU of the H200's class, per second: products and sums in f32 and by matrix
# units, bytes of memory; and what the host takes for a launch.
FLOP = {"fast": 67e12, "tf32": 394e12, "bf16": 788e12}
BYTES = 4.3e12
LAUNCH = 2e-6
# A kernel in a dump of any phase; kernel-run reads nothing else of it.
KERNEL = re.compile(r"^( *)kernel\.define @(\w+)\((.*?)\)\s*->.*?^\1\}$", re.MULTILINE | re.DOTALL)
LAUNCHES = re.compile(r"(\d+)x(\d+)x(\d+)\*(\d+) (\d+) registers (\d+) shared")
COSTS = re.compile(r"flop (\S+) bytes (\S+) traffic (\S+)( units)?")
PROGRAM = re.compile(r"^( *)gan\.program @(?:step|infer)\b.*?^\1\}$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"kernel\.(call|batch) @(\w+)(.*)")
TENSOR = re.compile(r"tensor<([\dx]*?)x?(f32|i64|i32|i8|i1)>")
WIDTH = {"f32": 4, "i64": 8, "i32": 4, "i8": 1, "i1": 1}

Launch = collections.namedtuple("Launch", "groups threads registers shared")
Costs = collections.namedtuple("Costs", "flop bytes traffic units")


def occupancy(arch, launch):
    """The part of the threads that a multiprocessor can hold at once."""
    all_registers, all_shared, all_threads, all_groups = PROCESSORS[arch]
    warps = math.ceil(launch.threads / 32)
    # Registers are given to a warp by 256, shared memory by 128 bytes and 1 KiB more.
    groups = min(all_groups, all_threads // (warps * 32))
    groups = min(groups, all_registers // (math.ceil(launch.registers * 32 / 256) * 256 * warps))
    groups = min(groups, all_shared // ((math.ceil(launch.shared / 128) * 128) + 1024))
    return groups * warps * 32 / all_threads


def kernels_of(text):
    """name -> launches and costs, of what kernel-run says; of batched kernels for rows of one element."""
    result = {}
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        if colon and LAUNCHES.search(rest):
            launches = []
            for x, y, z, threads, registers, shared in LAUNCHES.findall(rest):
                launches.append(Launch(int(x) * int(y) * int(z), int(threads), int(registers), int(shared)))
            flop, moved, traffic, units = COSTS.search(rest).groups()
            result[name] = launches, Costs(float(flop), float(moved), float(traffic), bool(units))
    return result


def print_launches(kernels, arch):
    print("| kernel | groups | threads | registers | shared bytes | occupancy |")
    print("|---|---|---|---|---|---|")
    for name, (launches, _) in kernels.items():
        for number, launch in enumerate(launches):
            own = name + (f" ({number + 1} of {len(launches)})" if len(launches) > 1 else "")
            print(f"| `{own}` | {launch.groups} | {launch.threads} | {launch.registers} | {launch.shared} | "
                  f"{occupancy(arch, launch):.0%} |")


def tensors_in(text):
    for shape, kind in TENSOR.findall(text):
        elements = math.prod(int(size) for size in shape.split("x")) if shape else 1
        yield elements, elements * WIDTH[kind]


def calls_of(text, kernels):
    """Every call of the program: kernel, launches, costs."""
    for kind, name, rest in CALL.findall(PROGRAM.search(text).group()):
        launches, costs = kernels[name]
        types, _, results = rest.rpartition(" -> ")
        moved = sum(size for _, size in tensors_in(types.rpartition(" : (")[2] + results))
        if kind == "call":
            yield name, len(launches), costs._replace(bytes=moved, traffic=max(costs.traffic, moved))
            continue
        # A row for each result of the kernel; what all rows share is read by each.
        shared = re.search(r"shared\(.* : (.*?)\) \{", rest)
        shared_bytes = sum(size for _, size in tensors_in(shared.group(1))) if shared else 0
        define = next(match for match in KERNEL.finditer(text) if match.group(2) == name)
        per_row = len(re.findall(r"tensor<\?", define.group().partition("->")[2].partition("{\n")[0]))
        rows = results.count("tensor<") // per_row
        elements = sum(count for count, _ in tensors_in(results)) / per_row
        yield name, rows * len(launches), Costs(costs.flop * elements, moved + shared_bytes,
                                                moved + rows * shared_bytes, False)


def seconds_of(costs, numerics):
    return costs.flop / FLOP[numerics if costs.units else "fast"], costs.bytes / BYTES


def print_roofline(kernels, text, options):
    """The kernels that take most of the step, the others together, and all."""
    rows = {}
    for name, launches, costs in calls_of(text, kernels):
        known = rows.get(name, (0, 0, Costs(0, 0, 0, False)))
        rows[name] = known[0] + 1, known[1] + launches, Costs(*(a + b for a, b in zip(known[2][:3], costs[:3])),
                                                              costs.units)
    least = {name: max(seconds_of(costs, options.numerics)) for name, (_, _, costs) in rows.items()}
    total = sum(least.values())
    print("| kernel | groups x threads | shared bytes | registers, occupancy | GFLOP | MB at least, asked for | µs |")
    print("|---|---|---|---|---|---|---|")

    def line(label, shape, costs, seconds):
        print(f"| {label} | {shape} | {costs.flop / 1e9:.2f} | {costs.bytes / 1e6:.1f}, {costs.traffic / 1e6:.1f} | "
              f"{seconds * 1e6:.1f} |")

    batched = {name for kind, name, _ in CALL.findall(text) if kind == "batch"}
    shown = [name for name in sorted(rows, key=lambda name: -least[name]) if least[name] >= options.share * total]
    for name in shown:
        calls, _, costs = rows[name]
        launch = kernels[name][0][0]
        times = f", {calls} calls" if calls > 1 else ""
        units = ", units" if costs.units else ""
        groups = "by rows" if name in batched else launch.groups
        line(f"`{name}`{times}{units}", f"{groups} x {launch.threads} | {launch.shared} | "
             f"{launch.registers}, {occupancy(options.arch, launch):.0%}", costs, least[name])
    others = [row for name, row in rows.items() if name not in shown]
    if others:
        line(f"{len(others)} others", " | | ", Costs(*map(sum, zip(*(costs[:3] for _, _, costs in others))), False),
             total - sum(least[name] for name in shown))
    costs = Costs(*map(sum, zip(*(costs[:3] for _, _, costs in rows.values()))), False)
    launches = sum(launches for _, launches, _ in rows.values())
    line(f"all {len(rows)}, {launches} launches", " | | ", costs, total)
    products = sum(seconds_of(costs, options.numerics)[0] for _, _, costs in rows.values())
    registers = max(launch.registers for name in rows for launch in kernels[name][0])
    print("\n| class | GFLOP | MB at least | ms: products alone | memory alone | kernel by kernel | launched one by one "
          "| most registers |\n|---|---|---|---|---|---|---|---|")
    times = (products, costs.bytes / BYTES, total, max(total, launches * LAUNCH))
    print(f"| {options.numerics} | {costs.flop / 1e9:.1f} | {costs.bytes / 1e6:.0f} | "
          + " | ".join(f"{seconds * 1e3:.3f}" for seconds in times) + f" | {registers} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kernel_run")
    parser.add_argument("file")
    parser.add_argument("ptxas")
    parser.add_argument("--arch", default="sm_80", choices=sorted(PROCESSORS))
    parser.add_argument("--numerics", default="fast", choices=sorted(FLOP))
    parser.add_argument("--roofline", action="store_true")
    parser.add_argument("--share", type=float, default=0.02, help="of the time, for a row of its own")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        text = file.read()
    done = subprocess.run([options.kernel_run, "-", f"--device=cuda:{options.arch}", f"--ptxas={options.ptxas}",
                           f"--numerics={options.numerics}", "--costs"],
                          input="\n".join(match.group() for match in KERNEL.finditer(text)), capture_output=True,
                          text=True, check=False)
    sys.stderr.write(done.stderr)
    kernels = kernels_of(done.stdout)
    if options.roofline and done.returncode == 0:
        print_roofline(kernels, text, options)
    else:
        print_launches(kernels, options.arch)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
