#!/usr/bin/env python3
"""Tests of compare.py on made-up samples."""

import contextlib
import io
import json
import tempfile
import unittest

import compare


def sample(ours, theirs, probes=(100, 100, 100, 100)):
    return {"ours": ours, "theirs": theirs, "probes": list(probes)}


class Statistics(unittest.TestCase):
    def test_ratio_above_one_is_a_win(self):
        line = compare.statistics([sample(0.1, 0.2), sample(0.1, 0.2), sample(0.05, 0.2)])
        self.assertEqual((line["ratio"], line["ratio_of_best"]), (2.0, 4.0))
        self.assertEqual((line["dropped"], line["void"]), (0, False))

    def test_pairs_on_a_changed_machine_are_dropped(self):
        changed = sample(0.1, 9, (100, 106, 100, 100))
        line = compare.statistics([sample(0.1, 0.2)] * 3 + [changed] * 2)
        self.assertEqual((line["ratio"], line["dropped"], line["void"]), (2.0, 2, False))

    def test_too_many_dropped_make_the_run_void(self):
        changed = sample(0.1, 0.4, (100, 50, 100, 100))
        line = compare.statistics([sample(0.1, 0.2)] + [changed] * 2)
        self.assertEqual((line["ratio"], line["dropped"], line["void"]), (4.0, 2, True))


class Report(unittest.TestCase):
    def test_samples_go_to_a_file(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
            compare.report("a step", "a peer", [sample(0.1, 0.2)], folder, threads=2)
            with open(f"{folder}/results.jsonl", encoding="utf-8") as file:
                line = json.loads(file.readline())
        self.assertEqual((line["threads"], line["samples"]), (2, [sample(0.1, 0.2)]))
        self.assertIn("ratio         2.000", out.getvalue())
        self.assertNotIn("probes", out.getvalue())


class Interleave(unittest.TestCase):
    def test_order_is_a_b_b_a(self):
        calls = []
        note = lambda name: lambda: calls.append(name) or 1.0
        samples = compare.interleave({"a": note("a"), "b": note("b")}, 2, note("p"))
        self.assertEqual("".join(calls), "pappbp" "pbppap")
        self.assertEqual(len(samples[0]["probes"]), 4)

    def test_three_take_turns(self):
        calls = []
        legs = {name: lambda name=name: calls.append(name) or 1.0 for name in "abc"}
        compare.interleave(legs, 6, lambda: 1.0)
        self.assertEqual("".join(calls), "abc" "cba" "bca" "acb" "cab" "bac")


if __name__ == "__main__":
    unittest.main()
