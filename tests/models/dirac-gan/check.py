#!/usr/bin/env python3
"""Plays the Dirac-GAN and compares it with what is known of it.

usage: check.py GANC STEP_RUN WORK_DIR

The discriminator is d(x) = psi x, the data lie at 0, the generator's at theta, the
loss is Wasserstein's, both descend with the rate eta. Then a step is a matrix on
(psi, theta): together, the length grows by sqrt(1 + eta^2); one after the other,
the determinant is 1 and the points stay on an ellipse; with a penalty of gamma/2
on the squared slope, both converge. By the interpreter in float64 and by the
trainer, along the whole way.
"""

import os
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import read_tensors, run, write_tensors

ETA, STEPS = 0.125, 200
START = np.array([0.5, 1.0])  # psi, theta

GAME = """game dirac {
  network G = onnx "G.onnx"
  network D = onnx "D.onnx"
  data x : f32[B, 1] batch 1
  sample z : f32[B, 1] ~ normal(0, 1)
  state eta : f32 = %g
  player d trains D with sgd(lr = eta)
  player g trains G with sgd(lr = %g)
  step {
    %s {
      d minimises mean(D(G(z))) - mean(D(x)) + %g / 2 * mean(norm(grad(D(x), x))^2)
      g minimises -mean(D(G(z)))
    }
  }
}
"""


def write_network(folder, name, value):
    """y = x * value."""
    port = lambda label: helper.make_tensor_value_info(label, TensorProto.FLOAT, ["batch", 1])
    weight = numpy_helper.from_array(np.array([[value]], np.float32), "weight")
    node = helper.make_node("MatMul", ["x", "weight"], ["y"], name="product")
    graph = helper.make_graph([node], name, [port("x")], [port("y")], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, os.path.join(folder, f"{name}.onnx"))


def step_matrix(together, gamma):
    own = np.array([[1 - ETA * gamma, -ETA], [0, 1]])   # the discriminator's update
    other = np.array([[1, 0], [ETA, 1]])                # the generator's
    return own + other - np.eye(2) if together else other @ own


def check(what, points, want, tolerance):
    error = np.max(np.linalg.norm(points - want, axis=1) / np.linalg.norm(want, axis=1))
    if not error <= tolerance:
        sys.exit(f"{what}: expected a difference of at most {tolerance:g}, got {error:.3g}")
    print(f"{what}: within {error:.1e} in {len(points)} steps, from length "
          f"{np.linalg.norm(START):.3f} to {np.linalg.norm(points[-1]):.3f}")


def points_of(tensors):
    return np.array([[float(np.squeeze(tensors[f"step/{i}/{player}/parameter/{network}/weight"]))
                      for player, network in (("d", "D"), ("g", "G"))] for i in range(STEPS)])


def play(ganc, step_run, work, together, gamma):
    name = ("together" if together else "alternating") + (f", penalty {gamma}" if gamma else "")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    write_network(work, "D", START[0])
    write_network(work, "G", START[1])
    game = f"{work}/dirac.game"
    with open(game, "w") as file:
        # Braces of a block are nothing by themselves.
        file.write(GAME % (ETA, ETA, "together" if together else "", gamma))
    # As many draws as any order of updates can take.
    draws = {f"step/{i}/draw/{label}#{time}": np.full((1, 1), value)
             for i in range(STEPS) for label, value in (("x", 0.0), ("z", 1.0)) for time in range(2)}
    write_tensors(f"{work}/draws64.safetensors", draws)
    write_tensors(f"{work}/draws32.safetensors", draws, f="F32")

    matrix, want = step_matrix(together, gamma), [START]
    for _ in range(STEPS):
        want.append(matrix @ want[-1])
    want = np.array(want[1:])

    run(ganc, game, "--stop-after=grad", f"--dump-dir={work}/dump", "-o", f"{work}/grad.mlir")
    run(step_run, f"{work}/dump/03-grad.mlir", f"--given={work}/draws64.safetensors", f"--steps={STEPS}",
        f"--record={work}/meaning.safetensors")
    meaning = points_of(read_tensors(f"{work}/meaning.safetensors"))
    check(f"{name}, interpreter", meaning, want, 1e-12)

    run(ganc, game, "-o", f"{work}/train")
    np.save(f"{work}/data.npy", np.zeros((4, 1), np.float32))
    run(f"{work}/train", f"--data={work}/data.npy", f"--outdir={work}/runs", f"--steps={STEPS}",
        f"--given={work}/draws32.safetensors", f"--record={work}/whole.safetensors")
    check(f"{name}, trainer", points_of(read_tensors(f"{work}/whole.safetensors")), want, 1e-4)
    return np.linalg.norm(meaning, axis=1)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    ganc, step_run, work = sys.argv[1:]
    grows = play(ganc, step_run, work, True, 0)
    ratio = grows[1:] / grows[:-1]
    if not np.allclose(ratio, (1 + ETA ** 2) ** 0.5, rtol=1e-12):
        sys.exit(f"together: expected to grow by {(1 + ETA ** 2) ** 0.5} in each step, got {ratio}")
    stays = play(ganc, step_run, work, False, 0)
    if not (stays.max() < 1.2 * np.linalg.norm(START) and stays.min() > 0.8 * np.linalg.norm(START)):
        sys.exit(f"alternating: expected to stay bounded, got lengths from {stays.min()} to {stays.max()}")
    for together in (True, False):
        if not play(ganc, step_run, work, together, 1)[-1] < 1e-3:
            sys.exit("expected to converge with the penalty")


if __name__ == "__main__":
    main()
