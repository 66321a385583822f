"""Running programs and reading and writing the tensors that they exchange."""

import gzip
import json
import struct
import subprocess
import sys

import numpy as np

DTYPES = {"F64": np.float64, "F32": np.float32, "I64": np.int64, "I32": np.int32}


def read_tensors(path):
    """The tensors of a safetensors file, gzipped or not, but those of other types."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        data = file.read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[start + entry["data_offsets"][0]:start + entry["data_offsets"][1]],
                                DTYPES[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items() if entry["dtype"] in DTYPES}


def write_tensors(path, tensors, **types):
    """types: another one for a NumPy kind, as f="F64" or i="I32"."""
    header, blobs, offset = {}, [], 0
    for name, values in tensors.items():
        dtype = types.get(values.dtype.kind) or next(key for key, kind in DTYPES.items() if kind == values.dtype)
        blobs.append(np.ascontiguousarray(values, DTYPES[dtype]).tobytes())
        header[name] = {"dtype": dtype, "shape": list(values.shape),
                        "data_offsets": [offset, offset + len(blobs[-1])]}
        offset += len(blobs[-1])
    text = json.dumps(header).encode()
    data = struct.pack("<Q", len(text)) + text + b"".join(blobs)
    with open(path, "wb") as file:
        file.write(gzip.compress(data, mtime=0) if path.endswith(".gz") else data)


def run(*command):
    """What a program says; ends this one if that fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
