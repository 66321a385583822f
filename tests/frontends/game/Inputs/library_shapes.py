"""Runs every ONNX file of a folder on a batch of three and prints the shapes of its results."""
import os
import sys

import numpy as np
import onnxruntime

for file in sorted(file for file in os.listdir(sys.argv[1]) if file.endswith(".onnx")):
    session = onnxruntime.InferenceSession(os.path.join(sys.argv[1], file))
    types = {"tensor(float)": np.float32, "tensor(int32)": np.int32}
    given = {value.name: np.ones([3, *value.shape[1:]], types[value.type]) for value in session.get_inputs()}
    print(file.removesuffix(".onnx"), *(result.shape for result in session.run(None, given)))
