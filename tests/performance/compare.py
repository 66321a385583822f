"""Interleaved timing: ratios of two ways of doing the same work.

Single timings prove nothing on a shared machine. Legs
alternate A B B A …; a ratio is taken per pair. A probe of the core's speed stands
before and after each leg: a pair whose probes differ by more than 5 % met a
machine that changed, and is dropped. If that takes more than 40 % of the pairs,
the run is void, and says so.
"""

import ctypes
import json
import os
import subprocess
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SPREAD, MOST_DROPPED = 0.05, 0.4


def make_probe(folder):
    """A function that measures GFLOP/s of one core for about 2 ms."""
    path = os.path.join(folder, "probe.so")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-march=native", "-ffp-contract=fast", "-shared",
                    "-fPIC", os.path.join(HERE, "Inputs", "probe.c"), "-o", path], check=True)
    probe = ctypes.CDLL(os.path.abspath(path)).probe
    probe.restype = ctypes.c_double
    return probe


def seconds(function, least, clock=time.perf_counter):
    """Per call, over as many calls as fill `least` seconds."""
    count, start = 0, clock()
    while True:
        function()
        count += 1
        passed = clock() - start
        if passed >= least:
            return passed / count


def interleave(legs, rounds, probe):
    """A list of {leg's name: seconds, …, probes}; `legs` are functions that time themselves.

    Every leg comes first, last and between the others in turn.
    """
    samples = []
    for index in range(rounds):
        sample = {"probes": []}
        names = [*legs][index // 2 % len(legs):] + [*legs][:index // 2 % len(legs)]
        for name in names[::-1 if index % 2 else 1]:
            sample["probes"].append(probe())
            sample[name] = legs[name]()
            sample["probes"].append(probe())
        samples.append(sample)
    return samples


def is_steady(sample):
    return max(sample["probes"]) <= (1 + SPREAD) * min(sample["probes"])


def statistics(samples, ours="ours", theirs="theirs"):
    """What report prints: of the steady rounds, or of all if the run is void."""
    steady = [s for s in samples if is_steady(s)]
    void = len(steady) < (1 - MOST_DROPPED) * len(samples)
    used = samples if void else steady
    a, b = (np.array([s[name] for s in used]) for name in (ours, theirs))
    draws = np.random.default_rng(1).choice(b / a, (10000, len(used)))
    low, high = np.percentile(np.median(draws, axis=1), [2.5, 97.5])
    number = lambda value: round(float(value), 4)
    return {"ours_ms": number(np.median(a) * 1e3), "ours_best_ms": number(a.min() * 1e3),
            "peer_ms": number(np.median(b) * 1e3), "peer_best_ms": number(b.min() * 1e3),
            "ratio": number(np.median(b / a)), "low": number(low), "high": number(high),
            "ratio_of_best": number(b.min() / a.min()), "pairs": len(samples),
            "dropped": len(samples) - len(steady), "void": void,
            "probe_gflops": number(np.median([p for s in used for p in s["probes"]]))}


def cpu():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = next((line for line in file if line.startswith("flags")), "").split()
    return [flag for flag in ("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]


def report(name, peer, samples, folder, **facts):
    """Prints lines for people, adds one with the raw samples to folder/results.jsonl.

    A ratio above 1 is a win.
    """
    line = {"name": name, "peer": peer, **statistics(samples), **facts, "cpu": cpu(),
            "load": round(os.getloadavg()[0], 2), "samples": samples}
    print(f"{name}\n"
          f"  ganc          median {line['ours_ms']:9.3f} ms, best {line['ours_best_ms']:9.3f} ms\n"
          f"  {peer:13} median {line['peer_ms']:9.3f} ms, best {line['peer_best_ms']:9.3f} ms\n"
          f"  ratio         {line['ratio']:.3f} ({line['low']:.3f} … {line['high']:.3f}), "
          f"of the best {line['ratio_of_best']:.3f}\n"
          f"  machine       probe {line['probe_gflops']:.0f} GFLOP/s on one core, load {line['load']}, "
          f"{line['dropped']} of {line['pairs']} pairs dropped"
          f"{': VOID, the figures are of all pairs' if line['void'] else ''}")
    path = os.path.join(folder, "results.jsonl")
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    print(f"  samples       {path}", flush=True)
