"""Interleaved timing: ratios of two ways of doing the same work.

Single timings prove nothing on a shared machine. Legs alternate A B B A …; a
ratio is taken per pair, and its median and 95 % bootstrap interval are reported.
"""

import json
import os
import time

import numpy as np


def seconds(function, least):
    """Per call, over as many calls as fill `least` seconds."""
    count, start = 0, time.perf_counter()
    while True:
        function()
        count += 1
        passed = time.perf_counter() - start
        if passed >= least:
            return passed / count


def interleave(ours, theirs, pairs):
    """Lists of seconds; each argument is a function that times one leg."""
    a, b = [], []
    for index in range(pairs):
        if index % 2:
            b.append(theirs())
            a.append(ours())
        else:
            a.append(ours())
            b.append(theirs())
    return a, b


def report(name, peer, a, b):
    """One line for people, one JSON line for tools; the ratio above 1 is a win."""
    ratios = np.array(b) / np.array(a)
    draws = np.random.default_rng(1).choice(ratios, (10000, len(ratios)))
    low, high = np.percentile(np.median(draws, axis=1), [2.5, 97.5])
    line = {"name": name, "peer": peer, "ours_ms": round(float(np.median(a)) * 1e3, 3),
            "peer_ms": round(float(np.median(b)) * 1e3, 3),
            "ratio": round(float(np.median(ratios)), 3), "low": round(float(low), 3),
            "high": round(float(high), 3), "pairs": len(a), "load": round(os.getloadavg()[0], 2)}
    print(f"{name}: ganc {line['ours_ms']} ms, {peer} {line['peer_ms']} ms, "
          f"ratio {line['ratio']} ({line['low']} … {line['high']})")
    print(json.dumps(line), flush=True)
