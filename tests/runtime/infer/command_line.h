//===- command_line.h - runs the command line of a sample -----------------===//
#ifndef TESTS_RUNTIME_INFER_COMMAND_LINE_H
#define TESTS_RUNTIME_INFER_COMMAND_LINE_H

#include "runtime/src/infer/infer.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace gan {

struct CommandResult {
  int code;
  std::string out, words;
};

inline CommandResult runCommand(const ganrt_artefact &artefact,
                                std::vector<std::string> arguments) {
  std::vector<const char *> argv = {"/path/to/sample"};
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  char *outText = nullptr, *wordsText = nullptr;
  size_t outSize = 0, wordsSize = 0;
  FILE *out = open_memstream(&outText, &outSize);
  FILE *words = open_memstream(&wordsText, &wordsSize);
  CommandResult result;
  result.code = ganrt_infer_main(&artefact, static_cast<int>(argv.size()),
                                 argv.data(), out, words);
  fclose(out);
  fclose(words);
  result.out.assign(outText, outSize);
  result.words.assign(wordsText, wordsSize);
  free(outText);
  free(wordsText);
  return result;
}

} // namespace gan

#endif // TESTS_RUNTIME_INFER_COMMAND_LINE_H
