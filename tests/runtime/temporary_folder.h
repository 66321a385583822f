//===- temporary_folder.h - a folder that lives as long as a test ---------===//
#ifndef TESTS_RUNTIME_TEMPORARY_FOLDER_H
#define TESTS_RUNTIME_TEMPORARY_FOLDER_H

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace gan {

class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "ganrt-XXXXXX").string();
    if (!mkdtemp(name.data()))
      abort();
    root = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(root); }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  std::string path(const std::string &name) const {
    return (root / name).string();
  }

  // What lies in it, in order.
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto &entry : std::filesystem::directory_iterator(root))
      result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
  }

private:
  std::filesystem::path root;
};

} // namespace gan

#endif // TESTS_RUNTIME_TEMPORARY_FOLDER_H
