#!/usr/bin/env python3
"""Functions of ONNX files that are made of others: are their derivatives right, of
first and second order, near zero, far away and at the ends of where they are?

usage: functions.py GANC STEP_RUN WORK_DIR
"""

import numpy as np
from kinks import compare

WIDE = np.array([-1e12, -1e4, -30, -3, -1, -0.3, -1e-4, -1e-9, 0, 1e-9, 1e-4, 0.3, 1, 3, 30, 1e4, 1e12])
SOME = np.array([-20, -5, -3, -1, -0.3, -1e-2, -1e-4, -1e-9, 0, 1e-9, 1e-4, 1e-2, 0.3, 1, 3, 5, 20])
INSIDE = np.array([-0.9375, -0.75, -0.5, -0.25, -0.1, -1e-2, -1e-4, -1e-9, 0, 1e-9, 1e-4, 1e-2, 0.1, 0.25, 0.5, 0.75, 0.9375])
ABOVE = 1 + np.geomspace(0.0625, 1e9, 17)
# A sum of terms that are larger than their sum costs digits.
TOLERANCE = {"interpreter": 1e-9, "trainer": 1e-5}


def cases(points):
    one = lambda kind: lambda n, h: n.node(kind, h)
    derivatives = {
        "Tan": lambda x: (1 / np.cos(x) ** 2, 2 * np.tan(x) / np.cos(x) ** 2),
        "Atan": lambda x: (1 / (1 + x * x), -2 * x / (1 + x * x) ** 2),
        "Asin": lambda x: (1 / (1 - x * x) ** 0.5, x / (1 - x * x) ** 1.5),
        "Acos": lambda x: (-1 / (1 - x * x) ** 0.5, -x / (1 - x * x) ** 1.5),
        "Sinh": lambda x: (np.cosh(x), np.sinh(x)),
        "Cosh": lambda x: (np.sinh(x), np.cosh(x)),
        "Asinh": lambda x: (1 / (x * x + 1) ** 0.5, -x / (x * x + 1) ** 1.5),
        "Acosh": lambda x: (1 / (x * x - 1) ** 0.5, -x / (x * x - 1) ** 1.5),
        "Atanh": lambda x: (1 / (1 - x * x), 2 * x / (1 - x * x) ** 2),
    }
    return {kind: (one(kind), *derive(points[kind])) for kind, derive in derivatives.items()}


def main():
    points = {"Tan": INSIDE, "Atan": WIDE, "Asin": INSIDE, "Acos": INSIDE, "Sinh": SOME / 4, "Cosh": SOME / 4,
              "Asinh": SOME, "Acosh": ABOVE, "Atanh": INSIDE}
    # As f32 has them, so that both play on the same numbers.
    points = {kind: values.astype(np.float32).astype(np.float64) for kind, values in points.items()}
    compare(cases(points), points, TOLERANCE)


if __name__ == "__main__":
    main()
