"""Compares the importer's table (JSON on stdin) with the schemas of the onnx wheel."""

import json
import sys

import onnx

table = json.load(sys.stdin)
oldest, newest = table["oldest_opset"], table["newest_opset"]
wrong = 0
if newest != onnx.defs.onnx_opset_version():
    wrong += 1
    print(f"newest opset {newest}, the wheel has {onnx.defs.onnx_opset_version()}")
history = {}
for schema in onnx.defs.get_all_schemas_with_history():
    history.setdefault((schema.domain, schema.name), []).append(schema)
for row in table["operators"]:
    since = sorted(s.since_version for s in history[row["domain"], row["name"]])
    applies = [v for v in since if v <= oldest][-1:] + [v for v in since if v > oldest]
    if row["versions"] != applies:
        wrong += 1
        print(f"{row['name']}: versions {row['versions']}, the wheel has {applies}")
    latest = onnx.defs.get_schema(row["name"], newest, row["domain"])
    most = latest.max_input
    if row["fewest_inputs"] > latest.min_input or (row["most_inputs"] or 2**31 - 1) < most:
        wrong += 1
        print(f"{row['name']}: {row['fewest_inputs']} to {row['most_inputs']} inputs, "
              f"the wheel has {latest.min_input} to {most}")
    for name, index in row["known_when_compiling"].items():
        inputs = [i.name for i in latest.inputs]
        if index >= len(inputs) or inputs[index] != name:
            wrong += 1
            print(f"{row['name']}: input {index} is not '{name}', the wheel has {inputs}")
print(f"{len(table['operators'])} operators, {wrong} differences")
