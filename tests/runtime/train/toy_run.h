//===- toy_run.h - runs the toy trainer as users do -----------------------===//
#ifndef TESTS_RUNTIME_TRAIN_TOY_RUN_H
#define TESTS_RUNTIME_TRAIN_TOY_RUN_H

#include "tests/runtime/helpers.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

inline std::string bigEndian(uint32_t value) {
  return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

/// Writes `count` images of 28x28 and their labels as idx files into `folder`.
inline void writeIdx(const std::string &folder, uint32_t count,
                     uint32_t seed = 1) {
  std::string images =
      bigEndian(0x803) + bigEndian(count) + bigEndian(28) + bigEndian(28);
  std::string labels = bigEndian(0x801) + bigEndian(count);
  for (uint32_t i = 0; i < count; ++i) {
    for (uint32_t k = 0; k < 784; ++k)
      images.push_back(char((i + seed) * 2654435761u * (k + 1) >> 24));
    labels.push_back(char(i % 10));
  }
  std::filesystem::create_directories(folder);
  writeFile(folder + "/train-images-idx3-ubyte", images);
  writeFile(folder + "/train-labels-idx1-ubyte", labels);
}

/// A folder with a small data set, in which trainers run.
class Toy : public testing::Test {
protected:
  Toy() { writeIdx(folder.path("data"), 100); }

  using Arguments = std::vector<std::string>;

  /// Starts the trainer in the folder; its words go to the files out and err.
  pid_t start(Arguments arguments, rlim_t maxFile = RLIM_INFINITY) {
    arguments.insert(arguments.begin(), TOY_TRAINER);
    pid_t child = fork();
    if (child != 0)
      return child;
    std::vector<char *> argv;
    for (std::string &argument : arguments)
      argv.push_back(argument.data());
    argv.push_back(nullptr);
    struct rlimit limit = {maxFile, maxFile};
    int flags = O_WRONLY | O_CREAT | O_TRUNC;
    if (maxFile != RLIM_INFINITY) {
      setrlimit(RLIMIT_FSIZE, &limit);
      signal(SIGXFSZ, SIG_IGN);
    }
    if (chdir(folder.path("").c_str()) != 0 ||
        dup2(open("out", flags, 0666), 1) < 0 ||
        dup2(open("err", flags, 0666), 2) < 0)
      _exit(126);
    execv(TOY_TRAINER, argv.data());
    _exit(127);
  }

  /// Waits; the exit code, or 128 and the signal.
  static int wait(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  int run(const Arguments &arguments) { return wait(start(arguments)); }

  /// Sleeps until the file `name` is there and has something in it.
  void waitFor(const std::string &name) {
    for (int i = 0; i < 6000; ++i) {
      std::error_code none;
      auto size = std::filesystem::file_size(folder.path(name), none);
      if (!none && size > 0)
        return;
      usleep(5000);
    }
    FAIL() << name << " did not come";
  }

  std::string out() { return readFile(folder.path("out")); }
  std::string err() { return readFile(folder.path("err")); }
  std::string file(const std::string &name) {
    return readFile(folder.path(name));
  }
  bool exists(const std::string &name) {
    return std::filesystem::exists(folder.path(name));
  }

  /// Hashes of all tensors of a checkpoint but the time it took.
  std::map<std::string, std::string> hashes(const std::string &checkpoint) {
    std::map<std::string, std::string> result;
    std::string text = file(checkpoint + "/manifest.json");
    auto quoted = [&](const char *key, size_t &at) {
      at = text.find(key, at);
      if (at == std::string::npos)
        return std::string();
      at += strlen(key);
      return text.substr(at, text.find('"', at) - at);
    };
    for (size_t at = text.find("\"tensors\"");;) {
      std::string name = quoted("{\"name\": \"", at);
      if (at == std::string::npos)
        break;
      result[name] = quoted("\"xxh3\": \"", at);
    }
    result.erase("run/@elapsed");
    return result;
  }

  /// The newest checkpoint of a run, "runs/00000-toy-data-b16/checkpoint-…".
  std::string newest(const std::string &run = "runs/00000-toy-data-b16") {
    std::string name = file(run + "/checkpoint-latest");
    return run + "/" + name.substr(0, name.find('\n'));
  }

  gan::TemporaryFolder folder;
};

#define EXPECT_HAS(text, part)                                                 \
  EXPECT_NE((text).find(part), std::string::npos) << (text)

#endif // TESTS_RUNTIME_TRAIN_TOY_RUN_H
