//===- helpers.h - files and statuses in tests of the runtime -------------===//
#ifndef TESTS_RUNTIME_HELPERS_H
#define TESTS_RUNTIME_HELPERS_H

#include "ganrt/status.h"
#include "tests/runtime/temporary_folder.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

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

#endif // TESTS_RUNTIME_HELPERS_H
