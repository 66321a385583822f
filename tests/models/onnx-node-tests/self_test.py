#!/usr/bin/env python3
"""Proves that the lists of run.py are exact in both directions."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np
from run import difference, judge

LISTS = {"pass": {"a": ""}, "declined": {"b": ""}, "expected-fail": {"c": "why"}}


def said(*results):
    return list(judge([(name, state, "") for name, state in results], LISTS))


def main():
    assert said(("a", "pass"), ("b", "declined"), ("c", "fail")) == []
    assert said(("a", "fail")) == ["a: expected pass, got fail"]
    assert said(("a", "declined")) == ["a: expected pass, got declined"]
    assert said(("b", "pass")) == ["b: expected declined, got pass"]
    assert said(("c", "pass")) == ["c: expected expected-fail, got pass"]
    assert said(("c", "declined")) == ["c: expected expected-fail, got declined"]
    assert said(("new", "pass")) == ["new: expected a list to name it, got pass"]
    one = np.ones(3, np.float32)
    assert difference(one, one) is None
    assert difference(one * np.float32(1.0005), one) is None
    assert "greatest difference" in difference(one * np.float32(1.01), one)
    assert "shape" in difference(one[:2], one) and "type" in difference(one.astype(np.int64), one)
    assert difference(np.array([np.nan], np.float32), np.array([np.nan], np.float32)) is None
    assert difference(np.array([1]), np.array([2])) == "other values"


if __name__ == "__main__":
    main()
