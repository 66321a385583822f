//===- scratch.h - a folder for one test, and statuses in tests -----------===//
#ifndef TESTS_RUNTIME_TRAIN_SCRATCH_H
#define TESTS_RUNTIME_TRAIN_SCRATCH_H

#include "ganrt/status.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

/// A fresh folder that is gone after the test.
class Scratch {
public:
  Scratch() {
    std::string pattern = testing::TempDir() + "ganrt-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string operator/(const std::string &name) const {
    return path + "/" + name;
  }
  std::string path;
};

inline std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void writeFile(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The sentence of a status, which is freed; "done" for success.
inline std::string sentence(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

#define EXPECT_OK(expression) EXPECT_EQ(sentence(expression), "done")
#define ASSERT_OK(expression) ASSERT_EQ(sentence(expression), "done")

#endif // TESTS_RUNTIME_TRAIN_SCRATCH_H
