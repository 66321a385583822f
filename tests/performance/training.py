#!/usr/bin/env python3
"""Times a step of the library's dcgan (28 x 28, batch 64) against PyTorch eager.

usage: training.py GANC OUTPUT_DIR TORCH_PYTHON [--threads=2] [--pairs=9]

The trainer's time is that of a long run less that of a short one, so that start
and snapshots cancel. PyTorch runs beside it in its better memory layout, and
waits while the trainer runs.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = "/usr/share/datasets/fashion-mnist"
STEPS = 20


class Peer:
    def __init__(self, python, threads, layout):
        self.layout = layout
        environment = dict(os.environ, OMP_WAIT_POLICY="passive")
        self.child = subprocess.Popen(
            [python, os.path.join(HERE, "torch_step.py"), str(threads), layout],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def __call__(self):
        self.child.stdin.write(f"{STEPS}\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            sys.exit("PyTorch ended")
        return float(answer)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ganc")
    parser.add_argument("outdir")
    parser.add_argument("torch_python")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=15)
    options = parser.parse_args()
    import compare
    os.makedirs(options.outdir, exist_ok=True)
    trainer = os.path.join(options.outdir, "train")
    subprocess.run([options.ganc, "dcgan", "-o", trainer], check=True)

    def run(steps):
        runs = os.path.join(options.outdir, "runs")
        shutil.rmtree(runs, ignore_errors=True)
        start = time.perf_counter()
        subprocess.run([trainer, f"--data={DATA}", f"--outdir={runs}", f"--steps={steps}",
                        f"--threads={options.threads}"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    peers = [Peer(options.torch_python, options.threads, layout)
             for layout in ("contiguous", "channels_last")]
    theirs = min(peers, key=lambda peer: peer())
    ours = lambda: (run(STEPS + 5) - run(5)) / STEPS
    samples = compare.interleave(ours, theirs, options.pairs, compare.make_probe(options.outdir))
    for peer in peers:
        peer.close()
    compare.report(f"DCGAN step 28x28, batch 64, {options.threads} threads", "PyTorch eager", samples,
                   options.outdir, threads=options.threads, layout=theirs.layout)


if __name__ == "__main__":
    main()
