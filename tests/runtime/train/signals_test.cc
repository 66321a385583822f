//===- signals_test.cc - stopping when asked to ---------------------------===//
#include "runtime/src/train/signals.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// Runs `body` in a child process and returns its wait status.
template <typename Body> int inChild(Body body) {
  pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(Signals, TheFirstIsRemembered) {
  for (int signal : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) {
    int status = inChild([signal] {
      ganrt_signals_install();
      if (ganrt_signals_pending() != 0)
        _exit(1);
      raise(signal);
      _exit(ganrt_signals_pending() == signal ? 7 : 2);
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
  }
}

TEST(Signals, TheSecondEndsAtOnce) {
  int status = inChild([] {
    ganrt_signals_install();
    raise(SIGTERM);
    raise(SIGINT);
    _exit(1);
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGINT);
}

TEST(Signals, RaisingAgainShowsTheParentWhatCame) {
  int status = inChild([] {
    ganrt_signals_install();
    raise(SIGTERM);
    ganrt_signals_raise(ganrt_signals_pending());
    _exit(1);
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(Signals, ABrokenPipeIsAnError) {
  int status = inChild([] {
    ganrt_signals_install();
    int ends[2];
    if (pipe(ends) != 0)
      _exit(1);
    close(ends[0]);
    _exit(write(ends[1], "x", 1) < 0 ? 7 : 1);
  });
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Signals, AFileThatGrowsTooLargeIsAnError) {
  int status = inChild([] {
    ganrt_signals_install();
    rlimit limit = {1, 1};
    std::FILE *file = std::tmpfile();
    if (!file || setrlimit(RLIMIT_FSIZE, &limit) != 0)
      _exit(1);
    _exit(pwrite(fileno(file), "x", 1, 1) < 0 && errno == EFBIG ? 7 : 1);
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Signals, ACrashNamesStepAndBuild) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  int status = inChild([&] {
    uint64_t step = 1207;
    dup2(ends[1], 2);
    ganrt_signals_on_crash("abc123", &step);
    raise(SIGSEGV); // comes back once, as a faulting instruction does
    raise(SIGSEGV);
    _exit(1);
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
  char words[100] = "";
  EXPECT_GT(read(ends[0], words, sizeof words - 1), 0);
  EXPECT_STREQ(words, "crashed with SIGSEGV in step 1207, build abc123\n");
  close(ends[0]);
  close(ends[1]);
}

TEST(Signals, HaveNames) {
  EXPECT_STREQ(ganrt_signals_name(SIGTERM), "SIGTERM");
  EXPECT_STREQ(ganrt_signals_name(SIGUSR1), "SIGUSR1");
  EXPECT_STREQ(ganrt_signals_name(SIGKILL), "a signal");
}

} // namespace
