#!/usr/bin/env python3
"""Times a step of a game of the library (28 x 28, batch 64) against its peers.

usage: training.py GAME GANC OUTPUT_DIR PEERS_PYTHON [--threads=2] [--pairs=15]

GAME is dcgan or wgan_gp. The trainer's time is that of a long run less that of a
short one, so that start and snapshots cancel. Each peer runs beside it in its
better memory layout, and waits while the trainer runs.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = "/usr/share/datasets/fashion-mnist"
STEPS = {"dcgan": 20, "wgan_gp": 5}
PEERS = {"PyTorch eager": ("torch_step.py", ("contiguous", "channels_last")),
         "JAX jit": ("jax_step.py", ("NCHW", "NHWC"))}


class Peer:
    def __init__(self, python, script, game, threads, layout):
        self.layout, self.steps = layout, STEPS[game]
        environment = dict(os.environ, OMP_WAIT_POLICY="passive")
        self.child = subprocess.Popen([python, os.path.join(HERE, script), game, str(threads), layout],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def __call__(self):
        self.child.stdin.write(f"{self.steps}\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            sys.exit(f"{' '.join(self.child.args)} ended")
        return float(answer)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("game", choices=STEPS)
    parser.add_argument("ganc")
    parser.add_argument("outdir")
    parser.add_argument("peers_python")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=15)
    options = parser.parse_args()
    import compare
    os.makedirs(options.outdir, exist_ok=True)
    trainer = os.path.join(options.outdir, "train")
    subprocess.run([options.ganc, options.game, "-o", trainer], check=True)

    def run(steps):
        runs = os.path.join(options.outdir, "runs")
        shutil.rmtree(runs, ignore_errors=True)
        start = time.perf_counter()
        subprocess.run([trainer, f"--data={DATA}", f"--outdir={runs}", f"--steps={steps}",
                        f"--threads={options.threads}"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    steps = STEPS[options.game]
    ours = lambda: (run(steps + 5) - run(5)) / steps
    for name, (script, layouts) in PEERS.items():
        peers = [Peer(options.peers_python, script, options.game, options.threads, layout) for layout in layouts]
        theirs = min(peers, key=lambda peer: peer())
        samples = compare.interleave({"ours": ours, "theirs": theirs}, options.pairs, compare.make_probe(options.outdir))
        for peer in peers:
            peer.close()
        compare.report(f"{options.game} step 28x28, batch 64, {options.threads} threads", name, samples,
                       options.outdir, threads=options.threads, layout=theirs.layout)


if __name__ == "__main__":
    main()
