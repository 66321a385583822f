#!/usr/bin/env python3
"""Compares what updates do with recurrences that are written out in numpy.

usage: check.py GANC STEP_RUN WORK_DIR

Each player trains variables of its own. In the games of optimisers its objective is
sum(c * w) with a given c, so that the gradient is c, and the way of w is that of a
recurrence. By the interpreter in float64 and by the trainer.
"""

import glob
import os
import shutil
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, HERE)
from programs import read_tensors, run, write_tensors
import recurrences as r

STEPS, SHAPE = 7, (4, 3)


class Game:
    """A game, what it is given, and what it did."""

    def __init__(self, tools, name, text, draws, steps=STEPS):
        self.ganc, self.step_run, work = tools
        self.folder, self.steps = f"{work}/{name}", steps
        self.draws = draws
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.path = f"{self.folder}/{name}.game"
        with open(self.path, "w") as file:
            file.write(f"game {name} {{\n{text}\n}}\n")

    def interpret(self):
        write_tensors(f"{self.folder}/given64.safetensors", self.draws, f="F64")
        run(self.ganc, self.path, "--stop-after=grad", f"--dump-dir={self.folder}/dump", "-o",
            f"{self.folder}/grad.mlir")
        run(self.step_run, f"{self.folder}/dump/03-grad.mlir", f"--given={self.folder}/given64.safetensors",
            f"--steps={self.steps}", f"--record={self.folder}/meaning.safetensors")
        return read_tensors(f"{self.folder}/meaning.safetensors")

    def compare_gradients(self):
        """With finite differences; after the interpreter has run."""
        run(self.step_run, f"{self.folder}/dump/02-link.mlir", f"--given={self.folder}/given64.safetensors",
            f"--steps={min(self.steps, 2)}", "--differences")

    def end(self):
        """The state that the trainer saved last."""
        return read_tensors(glob.glob(f"{self.folder}/runs/0*/checkpoint-0*/*.safetensors")[0])

    def train(self):
        write_tensors(f"{self.folder}/given32.safetensors", self.draws, f="F32")
        run(self.ganc, self.path, "-o", f"{self.folder}/train")
        data = []
        if "step/0/draw/x#0" in self.draws:
            np.save(f"{self.folder}/data.npy", np.zeros((8, *self.draws["step/0/draw/x#0"].shape[1:]), np.float32))
            data = [f"--data={self.folder}/data.npy"]
        run(f"{self.folder}/train", *data, f"--outdir={self.folder}/runs",
            f"--steps={self.steps}", f"--given={self.folder}/given32.safetensors",
            f"--record={self.folder}/whole.safetensors")
        return read_tensors(f"{self.folder}/whole.safetensors")


def expect(what, got, want, tolerance):
    error = np.max(np.abs(got - want)) / max(np.max(np.abs(want)), 1e-30)
    if not error <= tolerance:
        sys.exit(f"{what}: expected {want}, got {got}: a relative difference of {error:.3g}")


def given(rng, names, shape=SHAPE, steps=STEPS, times=1):
    return {f"step/{i}/draw/{name}#{t}": rng.normal(size=shape)
            for i in range(steps) for name in names for t in range(times)}


# --- optimisers ----------------------------------------------------------------------

def rate_of(step):
    """0.1 * min(1, 2 - step / 4) + images / 1000 with 2 images in each step."""
    return 0.1 * min(1, 2 - step / 4) + 2 * step / 1000


# name: how the game says it, the recurrence, what is done to gradient and parameter.
FORMS = {
    "sgd": ("sgd(lr = 0.1)", lambda: r.Sgd(0.1)),
    "heavy": ("momentum(lr = 0.1)", lambda: r.Momentum(0.1)),
    "nesterov": ("momentum(lr = 0.1, momentum = 0.75, nesterov = 1)", lambda: r.Momentum(0.1, 0.75, True)),
    "rms": ("rmsprop(lr = 0.01, alpha = 0.75, epsilon = 1e-3)", lambda: r.RmsProp(0.01, 0.75, 1e-3)),
    "rms_root": ("rmsprop(lr = 0.01, root_epsilon = 0.1)", lambda: r.RmsProp(0.01, 0.99, 0, 0.1)),
    "adam": ("adam(lr = 0.01)", lambda: r.Adam(0.01)),
    "adam_outside": ("adam(lr = 0.01, beta1 = 0.5, beta2 = 0.9, epsilon = 0.1)",
                     lambda: r.Adam(0.01, 0.5, 0.9, 0.1)),
    "adam_inside": ("adam(lr = 0.01, beta1 = 0.5, beta2 = 0.9, root_epsilon = 0.1)",
                    lambda: r.Adam(0.01, 0.5, 0.9, 0, 0.1)),
    "adam_both": ("adam(lr = 0.01, epsilon = 0.2, root_epsilon = 0.1)",
                  lambda: r.Adam(0.01, outside=0.2, inside=0.1)),
    "adam_uncorrected": ("adam(lr = 0.01, beta1 = 0.5, epsilon = 0.1, bias_correction = 0)",
                         lambda: r.Adam(0.01, 0.5, outside=0.1, corrected=False)),
    "adam_lazy": ("adam(lr = 0.01, beta1 = 0.5, beta2 = 0.9, lazy = 4)", lambda: r.Adam(0.01, 0.5, 0.9, k=4)),
    "adamw": ("adamw(lr = 0.01)", lambda: r.Adam(0.01, decay=0.01)),
    "adamw_lazy": ("adamw(lr = 0.01, beta2 = 0.9, decay = 0.5, root_epsilon = 1e-4, lazy = 2)",
                   lambda: r.Adam(0.01, 0.9, 0.9, 0, 1e-4, decay=0.5, k=2)),
    "decayed": ("sgd(lr = 0.1) then decay 0.5", lambda: r.Sgd(0.1), lambda g, p: g + 0.5 * p),
    "clipped": ("sgd(lr = 0.1) then clip_value 0.5 then decay 0.5", lambda: r.Sgd(0.1),
                lambda g, p: np.clip(g, -0.5, 0.5) + 0.5 * p),
    "clipped_late": ("sgd(lr = 0.1) then decay 0.5 then clip_value 0.5", lambda: r.Sgd(0.1),
                     lambda g, p: np.clip(g + 0.5 * p, -0.5, 0.5)),
    "clipped_norm": ("momentum(lr = 0.1) then clip_norm 2", lambda: r.Momentum(0.1),
                     lambda g, p: r.clip_norm(g, 2)),
    "straight": ("sgd(lr = 0.1) then orthogonal 0.125", lambda: r.Sgd(0.1),
                 lambda g, p: g + 0.125 * r.orthogonal(p)),
    "bounded": ("sgd(lr = 0.1) then clip_weights 0.25", lambda: r.Sgd(0.1), None,
                lambda p: np.clip(p, -0.25, 0.25)),
    "normed": ("sgd(lr = 0.1) then unit_norm", lambda: r.Sgd(0.1), None, r.standardised),
}


def optimisers(tools):
    """Every form, and a schedule of step, images, an option and state."""
    names = list(FORMS)
    text = "".join(f"  variable w_{n} : f32[4, 3] = 0.5\n  player {n} trains w_{n} with {FORMS[n][0]}\n"
                   for n in names)
    text = f"""  option rate = 0.1
  data x : f32[B, 1] batch 2
  sample c : f32[4, 3] ~ normal(0, 1)
  state rest : f32 = 1
{text}
  variable w_planned : f32[4, 3] = 0.5
  player planned trains w_planned with sgd(lr = rate * min(1, 2 - step / 4) + images / 1000)
  variable left : f32[4, 3] = 0.5
  variable right : f32[4, 3] = 0.5
  player both trains left, right with sgd(lr = 0.1) then clip_norm 2
  variable w_ruled : f32[4, 3] = 0.5
  player ruled trains w_ruled with adam(lr = rest / 10, beta1 = 1 - rest)
  step {{
    planned minimises sum(c * w_planned) + 0 * mean(x)
    both minimises sum(c * left) - 3 * sum(c * right)
    ruled minimises sum(c * w_ruled)
    rest := rest / 2
{"".join(f"    {n} minimises sum(c * w_{n}){chr(10)}" for n in names)}  }}"""
    rng = np.random.default_rng(1)
    draws = given(rng, ["c"])
    game = Game(tools, "optimisers", text, {**draws, **given(rng, ["x"], (2, 1))})
    c = [draws[f"step/{i}/draw/c#0"] for i in range(STEPS)]

    want = {}
    for name in names:
        _, make, *changes = FORMS[name]
        before, after = (changes + [None, None])[:2]
        rule, p = make(), np.full(SHAPE, 0.5)
        for i in range(STEPS):
            p = rule.step(p, before(c[i], p) if before else c[i])
            p = after(p) if after else p
            want[f"step/{i}/{name}/parameter/w_{name}/value"] = p
    p = np.full(SHAPE, 0.5)
    for i in range(STEPS):
        # The first batch is drawn before the first update of its step.
        p = p - (0.1 * min(1, 2 - i / 4) + 2 * (i + 1) / 1000) * c[i]
        want[f"step/{i}/planned/parameter/w_planned/value"] = p
    pair = np.full((2, *SHAPE), 0.5)
    for i in range(STEPS):
        # The norm is that of the whole update.
        pair = pair - 0.1 * r.clip_norm(np.stack([c[i], -3 * c[i]]), 2)
        for name, p in zip(("left", "right"), pair):
            want[f"step/{i}/both/parameter/{name}/value"] = p
    m = v = 0.0
    p = np.full(SHAPE, 0.5)
    for i in range(STEPS):
        t, rest = i + 1, 0.5 ** i
        b1 = 1 - rest
        m, v = b1 * m + (1 - b1) * c[i], 0.999 * v + 0.001 * c[i] ** 2
        p = p - rest / 10 * m / (1 - b1 ** t) / ((v / (1 - 0.999 ** t)) ** 0.5 + 1e-8)
        want[f"step/{i}/ruled/parameter/w_ruled/value"] = p

    for by, found, tolerance in (("interpreter", game.interpret(), 1e-6), ("trainer", game.train(), 1e-4)):
        for key, value in want.items():
            expect(f"optimisers, {by}: {key}", found[key], value, tolerance)
    print(f"{len(names) + 3} forms of optimisers in {STEPS} steps")


# --- gradients -----------------------------------------------------------------------

def sharing(tools):
    """A parameter in two players: each has its own moments and its own count."""
    text = """
  sample c : f32[4, 3] ~ normal(0, 1)
  sample e : f32[4, 3] ~ normal(0, 1)
  variable w : f32[4, 3] = c
  variable v : f32[4, 3] = 1
  player a trains w with adam(lr = 0.01, beta1 = 0.5) shared
  player b trains w, v with adam(lr = 0.02, beta2 = 0.9) shared
  step {
    a minimises sum(c * w)
    when step >= 2 b minimises sum(e * w) + sum(c * v)
    together {
      a minimises sum(e * w)
      b minimises sum(c * w)
    }
  }"""
    rng = np.random.default_rng(2)
    draws = given(rng, ["c", "e"])
    game = Game(tools, "sharing", text, draws)
    for by, found, tolerance in (("interpreter", game.interpret(), 1e-6), ("trainer", game.train(), 1e-4)):
        a, b, of_v = r.Adam(0.01, 0.5), r.Adam(0.02, b2=0.9), r.Adam(0.02, b2=0.9)
        c, e = (draws[f"step/0/draw/{n}#0"] for n in "ce")
        # The start is random: the first update tells it.
        p = found["step/0/a/parameter/w/value"] - r.Adam(0.01, 0.5).step(0.0, c)
        v = np.ones(SHAPE)
        for i in range(STEPS):
            c, e = (draws[f"step/{i}/draw/{n}#0"] for n in "ce")
            p = a.step(p, c)
            if i >= 2:
                p, v = b.step(p, e), of_v.step(v, c)
            else:
                of_v.t += 1  # v keeps still, and the count is the player's
            p = a.step(p, e)
            p = b.step(p, c)
            if i >= 2:
                of_v.t += 1
            last = "#1" if i >= 2 else ""
            expect(f"sharing, {by}, step {i}", found[f"step/{i}/b/parameter/w/value{last}"], p, tolerance)
            if i >= 2:
                expect(f"sharing, {by}, step {i}, v", found[f"step/{i}/b/parameter/v/value"], v, tolerance)
    print("two players of one parameter")


# Where passes may stand, how often the block around them runs in step i, and whether
# a let outside of them is theirs.
PLACES = {"alone": "%s", "in a loop": "repeat 2 { %s }", "sometimes": "every 2 { %s }"}


def accumulation(tools):
    """Passes over parts of a batch equal the whole batch; what follows sees the result."""
    body = """
  data x : f32[B, 3] batch {batch}
  sample a : f32[B, 1] ~ normal(0, 1)
  variable w : f32[3, 1] = 0.5
  variable v : f32[3, 1] = -0.25
  player p trains w with adam(lr = 0.05)
  player q trains v with momentum(lr = 0.05) then clip_norm 0.125
  step {{
    {statements}
    report after = sum(w)
  }}"""
    passes = """%s {
      let y = tanh(dot(x, w)) + a
      p minimises mean((y - 1)^2)
      q minimises mean((y - dot(x, v))^2)
    }"""
    rng = np.random.default_rng(3)
    for place, around in PLACES.items():
        times = 2 if "repeat" in around else 1
        parts = {**given(rng, ["x"], (2, 3), times=4 * times), **given(rng, ["a"], (2, 1), times=4 * times)}
        whole = {f"step/{i}/draw/{n}#{t}": np.concatenate([parts[f"step/{i}/draw/{n}#{4 * t + k}"] for k in range(4)])
                 for i in range(STEPS) for n in "xa" for t in range(times)}
        name = place.replace(" ", "_")
        split = Game(tools, f"parts_{name}",
                     body.format(batch=2, statements=around % (passes % "accumulate 4")), parts)
        joined = Game(tools, f"whole_{name}", body.format(batch=8, statements=around % (passes % "")), whole)
        for by, tolerance in (("interpret", 1e-12), ("train", 1e-5)):
            found, want = getattr(split, by)(), getattr(joined, by)()
            if by == "interpret":
                split.compare_gradients()
            keys = [key for key in want if "/parameter/" in key or "/gradient/" in key or key.endswith("/after")]
            if len(keys) < STEPS:
                sys.exit(f"accumulation {place}, {by}: expected records, got {list(want)}")
            for key in keys:
                expect(f"accumulation {place}, {by}, {key}", found[key], want[key], tolerance)
    print("4 passes equal the whole batch")


def lazily(tools):
    """Main and lazy gradients, taken at one point, add up to the eager gradient; and the
    constants of the lazy player are corrected."""
    text = """
  data x : f32[B, 3] batch 4
  variable w : f32[3, 2] = 0.5
  player eager trains w with sgd(lr = 0) shared
  player lazy trains w with sgd(lr = 0) shared
  variable v : f32[3, 2] = 0.5
  player corrected trains v with adam(lr = 0.01, beta1 = 0.5, beta2 = 0.9)
  def d(u) = sum(tanh(dot(x, u)) * dot(x, u), axes = [1])
  def fit(u) = mean(softplus(d(u)))
  def steep(u) = mean(norm(grad(d(u), x))^2)
  step {
    eager minimises fit(w) + 5 * steep(w)
    lazy minimises fit(w)
    every 2 gain 2 lazy minimises 5 * steep(w)
    corrected minimises fit(v)
    every 2 gain 2 corrected minimises steep(v)
  }"""
    rng = np.random.default_rng(4)
    draws = given(rng, ["x"], (4, 3))
    game = Game(tools, "lazily", text, draws)
    found = game.interpret()
    game.compare_gradients()
    rule, p = r.Adam(0.01, 0.5, 0.9, k=2), np.full((3, 2), 0.5)
    for i in range(STEPS):
        main, eager = found[f"step/{i}/lazy/gradient/w/value"], found[f"step/{i}/eager/gradient/w/value"]
        if i % 2 == 0:
            late = found[f"step/{i}/lazy/gradient/w/value#1"]
            expect(f"lazy gradients, step {i}", main + late / 2, eager, 1e-12)
            if np.allclose(main, eager):
                sys.exit("lazy gradients: expected the penalty to matter")
        for key in [""] + ["#1"] * (i % 2 == 0):
            p = rule.step(p, found[f"step/{i}/corrected/gradient/v/value{key}"])
            expect(f"lazy Adam, step {i}", found[f"step/{i}/corrected/parameter/v/value{key}"], p, 1e-6)
    print("main and lazy gradients add up")


def expressions(tools):
    """Reversed gradients and lists, against what they stand for."""
    text = """
  sample c : f32[4, 3] ~ normal(0, 1)
  variable w : f32[4, 3] = 0.5
  player turned trains w with sgd(lr = 0) shared
  player faded trains w with sgd(lr = 0) shared
  player listed trains w with sgd(lr = 0) shared
  player written trains w with sgd(lr = 0) shared
  step {
    turned minimises sum(c * reverse_grad(w, 0.25)^2)
    faded minimises sum(c * reverse_grad(w, step / 10)^2)
    let parts = split(w * c, 4)
    together {
    listed minimises sum(l1(v[0], v[1]) for v in zip(parts, split(w + 1, 4))) + max(mean(v^2) for v in parts)
      + mean(parts[i] * i for i in [0, 1])
    written minimises l1(parts[0], split(w + 1, 4)[0]) + l1(parts[1], split(w + 1, 4)[1])
      + l1(parts[2], split(w + 1, 4)[2]) + l1(parts[3], split(w + 1, 4)[3])
      + max(max(mean(parts[0]^2), mean(parts[1]^2)), max(mean(parts[2]^2), mean(parts[3]^2)))
      + mean(parts[1]) / 2
    }
  }"""
    rng = np.random.default_rng(5)
    draws = given(rng, ["c"])
    game = Game(tools, "expressions", text, draws)
    for by, found, tolerance in (("interpreter", game.interpret(), 1e-7), ("trainer", game.train(), 1e-5)):
        for i in range(STEPS):
            c = draws[f"step/{i}/draw/c#0"]
            for player, factor in (("turned", 0.25), ("faded", i / 10)):
                expect(f"{player}, {by}, step {i}", found[f"step/{i}/{player}/gradient/w/value"], -factor * c,
                       tolerance)
            expect(f"lists, {by}, step {i}", found[f"step/{i}/listed/gradient/w/value"],
                   found[f"step/{i}/written/gradient/w/value"], tolerance)
    game.compare_gradients()
    print("reversed gradients and lists")


# --- applications --------------------------------------------------------------------

def write_network(folder, name, rng):
    """BatchNormalization of a product; what it sees tells which applications advance it."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    port = lambda label: helper.make_tensor_value_info(label, TensorProto.FLOAT, ["batch", 2])
    tensors = {"weight": rng.normal(size=(2, 2)), "scale": [1.0, 1.5], "bias": [0.5, -0.5], "mean": [0.0, 0.0],
               "var": [1.0, 1.0]}
    nodes = [helper.make_node("MatMul", ["x", "weight"], ["h"], name="product"),
             helper.make_node("BatchNormalization", ["h", "scale", "bias", "mean", "var"], ["y"], name="norm",
                              momentum=0.75)]
    graph = helper.make_graph(nodes, name, [port("x")], [port("y")],
                              [numpy_helper.from_array(np.array(t, np.float32), n) for n, t in tensors.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, os.path.join(folder, f"{name}.onnx"))
    return np.array(tensors["weight"], np.float32).astype(np.float64), np.array(tensors["scale"]), np.array(
        tensors["bias"])


# The statements of a step, and the inputs of the applications that advance D and G.
STATEMENTS = {
    "both see the same fakes": (
        "let f = G(z)  d minimises mean(D(x)) - mean(D(f))  g minimises mean(D(f))",
        lambda s: ([s.x, s.f(s.z)], [s.z])),
    "nobody advances another's network": (
        "d minimises mean(D(x)) - mean(D(G(z)))", lambda s: ([s.x, s.f(s.z)], [])),
    "an application advances once": (
        "let r = D(x)  d minimises mean(r)  report a = mean(r)", lambda s: ([s.x], [])),
    "joint statistics": ("d minimises mean(D(cat(x, z)))", lambda s: ([np.concatenate([s.x, s.z])], [])),
    "track all": (
        "let f = G(z)  d minimises mean(D(x)) - mean(D(f)) track all  g minimises mean(D(G(x))) track all",
        lambda s: ([s.x, s.f(s.z), s.f(s.x)], [s.z, s.x])),
    "tracked before": (
        "let f = G(z)  d minimises mean(D(f)) track all  g minimises mean(D(f)) + mean(x)",
        lambda s: ([s.f(s.z)], [s.z])),
    "inference": (
        "d minimises mean(D(x; mode = infer)) + mean(D(z; statistics = running)) + mean(D(x))",
        lambda s: ([s.x], [])),
    "together": (
        "let f = G(z)  together { d minimises mean(D(x)) - mean(D(f))  g minimises mean(D(f)) }",
        lambda s: ([s.x, s.f(s.z)], [s.z])),
    "passes": (
        "let f = G(z)  accumulate 3 { g minimises mean(D(f))  d minimises mean(D(x)) track all }",
        lambda s: (s.passes, [s.z])),
    "repetition": ("repeat 3 { d minimises mean(D(x)) }", lambda s: (s.passes, [])),
}


class Seen:
    """The draws of a step, and what a network makes of them in training mode."""

    def __init__(self, draws, i, network):
        self.passes = [draws[f"step/{i}/draw/x#{t}"] for t in range(3) if f"step/{i}/draw/x#{t}" in draws]
        self.x, self.z = self.passes[0], draws[f"step/{i}/draw/z#0"]
        self.network = network

    def f(self, x):
        weight, scale, bias = self.network
        h = x @ weight
        return scale * (h - h.mean(0)) / (h.var(0) + 1e-5) ** 0.5 + bias


def applications(tools):
    """Which applications advance running statistics (rule 5): their means tell."""
    for number, (what, (statements, advancing)) in enumerate(STATEMENTS.items()):
        text = f"""
  network G = onnx "G.onnx"
  network D = onnx "D.onnx"
  data x : f32[B, 2] batch 4
  sample z : f32[B, 2] ~ normal(0, 1)
  player d trains D with sgd(lr = 0)
  player g trains G with sgd(lr = 0)
  allow unused-sample allow idle-player allow unused-network
  step {{ {statements} }}"""
        rng = np.random.default_rng(6)
        times = 3 if "3 {" in statements else 1
        draws = {**given(rng, ["x"], (4, 2), 2, times), **given(rng, ["z"], (4, 2), 2)}
        game = Game(tools, f"applications{number}", text, draws, steps=2)
        networks = {n: write_network(game.folder, n, rng) for n in "GD"}
        found = game.interpret()
        game.train()
        end = game.end()
        for name, index in (("D", 0), ("G", 1)):
            mean = np.zeros(2)
            for i in range(2):
                for x in advancing(Seen(draws, i, networks["G"]))[index]:
                    mean = 0.75 * mean + 0.25 * (x @ networks[name][0]).mean(0)
                expect(f"{what}: mean of {name} after step {i}", found.get(f"step/{i}/state/{name}/mean", np.zeros(2)),
                       mean, 1e-6)
            expect(f"{what}: mean of {name} at the end of training", end.get(f"{name}/mean", np.zeros(2)), mean, 1e-5)
    print(f"{len(STATEMENTS)} orders of applications")


def projection(tools):
    """A variable as the input of a network that nobody trains."""
    text = """
  network G = onnx "G.onnx" frozen
  data x : f32[B, 2] batch 4
  variable w : f32[4, 2] = 0.25
  player p trains w with sgd(lr = 0.5) then unit_norm
  step { p minimises mse(G(w), x) }"""
    rng = np.random.default_rng(7)
    draws = given(rng, ["x"], (4, 2))
    game = Game(tools, "projection", text, draws)
    weight, scale, bias = write_network(game.folder, "G", rng)
    factor = weight * scale / (1 + 1e-5) ** 0.5
    for by, found, tolerance in (("interpreter", game.interpret(), 1e-6), ("trainer", game.train(), 1e-4)):
        w = np.full((4, 2), 0.25)
        for i in range(STEPS):
            w = r.standardised(w - 0.5 * 2 / 8 * (w @ factor + bias - draws[f"step/{i}/draw/x#0"]) @ factor.T)
            expect(f"projection, {by}, step {i}", found[f"step/{i}/p/parameter/w/value"], w, tolerance)
    game.compare_gradients()
    print("a variable as an input")


CHECKS = [optimisers, sharing, accumulation, lazily, expressions, applications, projection]


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    for check in CHECKS:
        check(sys.argv[1:])


if __name__ == "__main__":
    main()
