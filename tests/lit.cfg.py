"""How lit runs the tests under this folder.

Substitutions
  %gan-opt      the optimiser tool with every pass
  %ganc         the compiler driver
  %python       the interpreter of the test environment (numpy, onnx, onnxruntime)
  %c99          the C compiler, in C99 without a warning
  %runtime      the folder of libganrt.a
  %onnx-encode  reads an ONNX model as protobuf text, writes the binary model
  %ptxas        assembles PTX; an error if it isn't there, see the feature
  FileCheck, not, split-file, count are found on the PATH.

Features: halide, asan, onnx (the test environment is there), ptxas, spirv-tools,
vulkan and opencl (a driver is there).
"""

import glob
import os
import shutil
import subprocess

import lit.formats

config.name = "ganc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".textproto", ".game", ".test"]
config.excludes = ["Inputs", "lint"]
config.test_source_root = os.path.join(config.source_root, "tests")
config.test_exec_root = os.path.join(config.binary_root, "tests")

tools = os.path.join(config.binary_root, "bin")
python = os.path.join(config.venv, "bin", "python")
encode = f"{config.protoc} --proto_path={config.onnx_proto_dir} --encode=onnx.ModelProto onnx.proto"

# The longest name first: %ganc must not eat the head of a longer one.
config.substitutions += [
    ("%onnx-encode", encode),
    ("%c99", f"{config.cc} -std=c99 -Wall -Wextra -pedantic -Werror"),
    ("%runtime", os.path.join(config.binary_root, "lib", "ganc")),
    ("%gan-opt", os.path.join(tools, "gan-opt")),
    ("%python", python),
    ("%ganc", os.path.join(tools, "ganc")),
    ("%ptxas", config.ptxas),
    ("%tests", config.test_source_root),
]

# With -Dbackend=NAME the files of tests/execute run on another backend than
# their lines say, with -Ddevice=NAME on a device, and on fewer sizes, since it
# may compile slowly. A device has one level: the line for all sizes is left out.
if "backend" in lit_config.params or "device" in lit_config.params:
    backend = f"--backend={lit_config.params.get('backend', 'llvm')}"
    if "device" in lit_config.params:
        backend += f" --device={lit_config.params['device']} --ptxas={config.ptxas}"
        config.substitutions.append((r"gan-run .* --level=x86-64-v3 --sizes=\S+", "true"))
    config.substitutions += [
        (r"--backend=llvm", backend),
        (r"--level=x86-64-v3 --sizes=\S+", "--level=x86-64-v3 --sizes=1"),
    ]

config.environment["PATH"] = os.pathsep.join([tools, config.llvm_tools, os.environ["PATH"]])
config.environment["NO_COLOR"] = "1"
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input-filter=error"
if config.sanitize:
    config.available_features.add("asan")
    # Leaks of one-shot tools are not what these tests look for. Debian's LLVM is not
    # instrumented: what its headers poison in our code, its library writes to.
    config.environment["ASAN_OPTIONS"] = "detect_leaks=0:allow_user_poisoning=0"
    config.environment["UBSAN_OPTIONS"] = "print_stacktrace=1"
if os.path.exists(config.ptxas):
    config.available_features.add("ptxas")
if shutil.which("spirv-val"):
    config.available_features.add("spirv-tools")
if glob.glob("/usr/share/vulkan/icd.d/*.json"):
    config.available_features.add("vulkan")
if glob.glob("/etc/OpenCL/vendors/*.icd"):
    config.available_features.add("opencl")
# A device that is not there, or what assembles CUDA's code: all files are counted as
# unsupported.
device = lit_config.params.get("device", "").split(":")[0]
needed = {"opencl": "opencl", "vulkan": "vulkan", "cuda": "ptxas"}.get(device)
config.unsupported = needed is not None and needed not in config.available_features
if config.halide:
    config.available_features.add("halide")
if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0:
    config.available_features.add("mount")
if os.path.exists(python) and os.path.exists(os.path.join(config.onnx_proto_dir, "onnx.proto")):
    config.available_features.add("onnx")
