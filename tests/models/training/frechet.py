"""The Fréchet distance between garments and a generator's pictures.

As the FID (arXiv 1706.08500), with the last hidden layer of ../fashion-classifier in
Inception's place: |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), all in float64.
"""

import gzip
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fashion-classifier"))
from classify import features

DATA = "/usr/share/datasets/fashion-mnist"
FAKES = 10000


def read(part, head):
    """The bytes of a file of Fashion-MNIST, behind its first `head`."""
    with gzip.open(f"{DATA}/{part}-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=head)


def images(part):
    """[N, 28, 28], pixels -1 ... 1."""
    return read(f"{part}-images-idx3", 16).reshape(-1, 28, 28) / np.float32(127.5) - 1


def statistics(pictures):
    """Mean and covariance of the features."""
    found = np.concatenate([features(pictures[start:start + 1000]) for start in range(0, len(pictures), 1000)])
    return found.mean(axis=0, dtype=np.float64), np.cov(found.astype(np.float64), rowvar=False)


def root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def distance(first, second):
    (m1, s1), (m2, s2) = first, second
    half = root(s1)
    middle = np.linalg.eigvalsh(half @ s2 @ half)
    return float(np.sum((m1 - m2) ** 2) + np.trace(s1) + np.trace(s2) - 2 * np.sum(np.sqrt(np.maximum(middle, 0))))


def generate(path):
    """Pictures of a generator (ONNX file), from the same draws for each; labels, if
    it takes any, are all ten in turn."""
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    random, given = np.random.default_rng(5), {}
    for put in session.get_inputs():
        if "int" in put.type:
            given[put.name] = np.arange(FAKES).astype(np.int32 if "32" in put.type else np.int64) % 10
        else:
            given[put.name] = random.standard_normal((FAKES, *put.shape[1:]), np.float32)
    parts = [session.run(None, {name: values[start:start + 1000] for name, values in given.items()})[0]
             for start in range(0, FAKES, 1000)]
    return np.concatenate(parts).reshape(FAKES, 28, 28)


def of_generator(path, real):
    return distance(real, statistics(generate(path)))
