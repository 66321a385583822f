#!/usr/bin/env python3
"""Proves that the lists of run.py are exact in both directions."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np
from onnx import helper
from run import check_lists, difference, judge, known_when_compiling

LISTS = {"pass": {"a": ""}, "declined": {"b": "no"}, "expected-fail": {"c": "why"}}


def said(*results):
    return list(judge(results, LISTS))


def judging():
    assert said(("a", True, "pass", ""), ("b", True, "declined", "no"), ("c", True, "fail", "x"),
                ("d", False, "declined", "x")) == []
    assert said(("a", True, "fail", "x")) == ["a: in pass.txt, got fail: x"]
    assert said(("a", True, "declined", "x")) == ["a: in pass.txt, got declined: x"]
    assert said(("a", False, "declined", "")) == ["a: in pass.txt, but not claimed"]
    assert said(("b", True, "pass", "")) == ["b: in declined.txt, got pass"]
    assert said(("b", True, "declined", "x")) == ["b: declined for another reason than listed: x"]
    assert said(("c", True, "pass", "")) == ["c: in expected-fail.txt, got pass"]
    assert said(("c", True, "declined", "")) == ["c: in expected-fail.txt, got declined"]
    assert said(("d", True, "pass", "")) == ["d: claimed, but in no list, got pass"]
    assert said(("d", False, "pass", "")) == ["d: not claimed, expected declined, got pass"]


def listing():
    assert list(check_lists(LISTS, "abc")) == []
    assert list(check_lists(LISTS, "bc")) == ["a: listed, but not in the wheel"]
    assert list(check_lists({**LISTS, "declined": {"a": "no"}}, "abc")) == ["a: in two lists"]
    assert list(check_lists({**LISTS, "expected-fail": {"c": ""}}, "abc")) == [
        "c: no reason in expected-fail.txt"]


def freezing():
    nodes = [helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Mul", ["s", "n"], ["t"]),
             helper.make_node("Expand", ["x", "t"], ["y"])]
    model = helper.make_model(helper.make_graph(nodes, "g", [], []))
    assert known_when_compiling(model, {("", "Expand"): {1}}) == {"t", "s", "n"}


def comparing():
    one = np.ones(3, np.float32)
    assert difference(one, one) is None
    assert difference(one * np.float32(1.0005), one) is None
    assert "greatest difference" in difference(one * np.float32(1.01), one)
    assert "shape" in difference(one[:2], one) and "type" in difference(one.astype(np.int64), one)
    assert difference(np.array([np.nan], np.float32), np.array([np.nan], np.float32)) is None
    assert difference(np.array([1]), np.array([2])) == "other values"


if __name__ == "__main__":
    judging()
    listing()
    freezing()
    comparing()
