"""A network as a library that ganc makes, called from here."""

import ctypes
import os
import subprocess
import sys
import time

import numpy as np


class Options(ctypes.Structure):
    _fields_ = [("allocator", ctypes.c_void_p), ("pool", ctypes.c_void_p),
                ("threads", ctypes.c_uint32), ("profile", ctypes.c_uint32),
                ("device", ctypes.c_char_p), ("cpu", ctypes.c_char_p),
                ("workspace", ctypes.c_void_p),
                ("workspace_bytes", ctypes.c_uint64), ("max_memory", ctypes.c_uint64)]


class CompiledLibrary:
    """A function from the network's input to its picture."""

    def __init__(self, ganc, model, output, batch, picture, threads, *flags):
        name = os.path.splitext(os.path.basename(model))[0]
        start = time.perf_counter()
        subprocess.run([ganc, model, f"--batch={batch}", f"--name={name}", "-o", output, *flags], check=True)
        self.seconds = time.perf_counter() - start  # that ganc took
        library = ctypes.CDLL(os.path.abspath(output))
        self.message = getattr(library, f"{name}_strerror")
        self.message.restype, self.message.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        create, self.function = (getattr(library, f"{name}_{what}") for what in ("create", "run"))
        create.restype = self.function.restype = ctypes.c_void_p
        self.function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p]
        self.handle, self.batch = ctypes.c_void_p(), batch
        self.check(create(ctypes.byref(Options(threads=threads)), ctypes.byref(self.handle)))
        self.image = np.empty((batch, *picture), np.float32)

    def check(self, status):
        if status:
            sys.exit(self.message(status).decode())

    def __call__(self, z):
        self.check(self.function(self.handle, self.batch, z.ctypes.data, self.image.ctypes.data))
        return self.image
