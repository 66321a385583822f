"""Prints a .game file that is made to break a parser: hostile.py KIND."""
import sys

DEEP = 10000
LONG = 10_000_000


def const(expression):
    return f"game hostile {{\n  const a = {expression}\n  step {{ }}\n}}\n"


def step(statements):
    return f"game hostile {{\n  step {{ {statements} }}\n}}\n"


def defs(bodies, use):
    return f"""game hostile {{
  network G = onnx "g.onnx"
  network D = onnx "d.onnx"
  data x : f32[B, 3] batch 4
  sample z : f32[B, 2] ~ normal(0, 1)
  player d trains D with sgd(lr = 1)
  player g trains G with sgd(lr = 1)
  {bodies}
  step {{ d minimises mean(D(x)) + {use}  g minimises mean(D(G(z))) }}
}}
"""


KINDS = {
    "brackets": lambda: const("(" * DEEP + "1" + ")" * DEEP),
    "lists": lambda: const("[" * DEEP + "1" + "]" * DEEP),
    "negations": lambda: const("-" * DEEP + "1"),
    "powers": lambda: const("2 ^ " * DEEP + "1"),
    "choices": lambda: const("1 ? 2 : " * DEEP + "1"),
    "blocks": lambda: step("{ " * DEEP + "} " * DEEP),
    "bodies": lambda: step("when true " * DEEP + "{ }"),
    "stages": lambda: "game hostile {\n" + "stage s { " * DEEP + "for 1 } " * DEEP + "}\n",
    "sum": lambda: const("1" + " + 1" * DEEP),
    "members": lambda: const("a" + ".b" * DEEP),
    "doubled-defs": lambda: defs("def h0(u) = u + u" + "".join(
        f" def h{i + 1}(u) = h{i}(h{i}(u))" for i in range(40)), "h40(mean(x))"),
    "chained-defs": lambda: defs("".join(f" def h{i + 1}(u) = h{i}(u)" for i in reversed(range(DEEP)))
        + " def h0(u) = u", f"h{DEEP}(mean(x))"),
    "deep-defs": lambda: defs("def h0(u) = u" + "".join(
        f" def h{i + 1}(u) = h{i}({'-' * 150}u)" for i in range(100)), "h100(mean(x))"),
    "tall-defs": lambda: defs("def h0(u) = u" + "".join(
        f" def h{i + 1}(u) = {'-' * 150}h{i}(u)" for i in range(100)), "h100(mean(x))"),
    "name": lambda: const("a" * LONG),
    "string": lambda: const('"' + "a" * LONG + '"'),
    "number": lambda: const("1" * LONG),
    "file": lambda: "#" * (2 * LONG),
    "controls": lambda: const("\x1b[31m \x07 \x00"),
    "errors": lambda: const("1\n  const a 2" * 100),
}

sys.stdout.write(KINDS[sys.argv[1]]())
