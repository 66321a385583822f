"""Prints a .game file that is made to break a parser: hostile.py KIND."""
import sys

DEEP = 10000
LONG = 10_000_000


def const(expression):
    return f"game hostile {{\n  const a = {expression}\n  step {{ }}\n}}\n"


def step(statements):
    return f"game hostile {{\n  step {{ {statements} }}\n}}\n"


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
    "name": lambda: const("a" * LONG),
    "string": lambda: const('"' + "a" * LONG + '"'),
    "number": lambda: const("1" * LONG),
    "file": lambda: "#" * (2 * LONG),
    "controls": lambda: const("\x1b[31m \x07 \x00"),
    "errors": lambda: const("1\n  const a 2" * 100),
}

sys.stdout.write(KINDS[sys.argv[1]]())
