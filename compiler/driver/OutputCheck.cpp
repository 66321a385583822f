//===- OutputCheck.cpp - what a command line writes -----------------------===//

#include "compiler/driver/OutputCheck.h"
#include "compiler/driver/Import.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace gan;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

std::string gan::temporaryBeside(StringRef path) {
  return (path + ".tmp" +
          llvm::Twine(static_cast<int64_t>(llvm::sys::Process::getProcessId())))
      .str();
}

static std::string beside(StringRef path, const llvm::Twine &name) {
  llvm::SmallString<256> result(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(result, name);
  return std::string(result);
}

std::string gan::headerPath(const Options &options) {
  return beside(options.output, nameOf(options) + ".h");
}

llvm::SmallVector<Output> gan::outputsOf(const Options &options) {
  llvm::SmallVector<Output> outputs;
  Phase last = options.stopAfter.value_or(Phase::Package);
  if (!options.output.empty() && options.output != "-") {
    if (last == Phase::Package) {
      outputs.push_back({options.output, Output::Kind::Program});
      Form form = formOf(options);
      if (form == Form::Shared || form == Form::Archive || form == Form::Object)
        outputs.push_back({headerPath(options), Output::Kind::Text});
    } else if (last > Phase::Plan) {
      outputs.push_back({options.output, Output::Kind::Folder});
    } else {
      outputs.push_back({options.output, Output::Kind::Text});
      outputs.push_back({beside(options.output, weightsOf(options.output)),
                         Output::Kind::Weights});
    }
  }
  if (!options.tune.empty() && options.tune != "-")
    outputs.push_back({options.tune, Output::Kind::Text});
  return outputs;
}

/// Whether two names are of one file, also before there is one.
static bool isSame(StringRef a, StringRef b) {
  auto folderOf = [](StringRef path) {
    StringRef folder = llvm::sys::path::parent_path(path);
    return folder.empty() ? StringRef(".") : folder;
  };
  return fs::equivalent(a, b) ||
         (llvm::sys::path::filename(a) == llvm::sys::path::filename(b) &&
          fs::equivalent(folderOf(a), folderOf(b)));
}

bool gan::isAmong(llvm::ArrayRef<std::string> files, StringRef path) {
  return llvm::any_of(
      files, [&](StringRef file) { return fs::equivalent(file, path); });
}

/// What keeps `output` from being written; empty: nothing.
static std::string obstacleOf(const Output &output) {
  StringRef path = output.path;
  if (output.kind == Output::Kind::Weights)
    return ""; // perhaps there are none
  if (output.kind == Output::Kind::Folder) {
    StringRef parent = llvm::sys::path::parent_path(path);
    std::error_code code =
        fs::access(parent.empty() ? "." : parent, fs::AccessMode::Write);
    return code ? code.message() : "";
  }
  if (fs::is_directory(path))
    return "it is a folder";
  if (fs::exists(path) && !fs::is_regular_file(path)) {
    // Renaming would put the program in the place of a device or a pipe.
    if (output.kind == Output::Kind::Program)
      return "not a regular file";
    std::error_code code = fs::access(path, fs::AccessMode::Write);
    return code ? code.message() : "";
  }
  std::string made = temporaryBeside(path);
  int file;
  if (std::error_code code = fs::openFileForWrite(made, file))
    return code.message();
  fs::closeFile(file);
  fs::remove(made);
  return "";
}

llvm::Error gan::checkOutputs(llvm::ArrayRef<Output> outputs,
                              llvm::ArrayRef<std::string> inputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Output &output = outputs[i];
    bool isTwice =
        llvm::any_of(outputs.take_front(i), [&](const Output &other) {
          return isSame(other.path, output.path);
        });
    std::string why = isAmong(inputs, output.path) ? "it is an input"
                      : isTwice                    ? "it is another output, too"
                                                   : obstacleOf(output);
    if (!why.empty())
      return llvm::createStringError("cannot write '" + output.path +
                                     "': " + why);
  }
  return llvm::Error::success();
}
