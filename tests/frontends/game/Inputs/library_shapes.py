"""Runs every ONNX file of a folder on a batch of three and prints the shape of its result."""
import os
import sys

import numpy as np
import onnxruntime

for file in sorted(os.listdir(sys.argv[1])):
    session = onnxruntime.InferenceSession(os.path.join(sys.argv[1], file))
    given = session.get_inputs()[0]
    x = np.ones([3, *given.shape[1:]], np.float32)
    print(file.removesuffix(".onnx"), session.run(None, {given.name: x})[0].shape)
