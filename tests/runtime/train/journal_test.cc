//===- journal_test.cc - files that only grow -----------------------------===//
#include "runtime/src/train/journal.h"
#include "tests/runtime/helpers.h"

#include <csignal>
#include <sys/resource.h>

namespace {

TEST(Journal, AppendsLines) {
  gan::TemporaryFolder scratch;
  writeFile(scratch.path("log"), "before\n");
  ganrt_journal journal;
  ASSERT_OK(ganrt_journal_open(scratch.path("log").c_str(), &journal));
  EXPECT_OK(ganrt_journal_add(&journal, "one"));
  EXPECT_OK(ganrt_journal_add(&journal, "two"));
  EXPECT_EQ(readFile(scratch.path("log")), "before\none\ntwo\n");
  EXPECT_OK(ganrt_journal_cut(&journal, 7));
  EXPECT_OK(ganrt_journal_add(&journal, "three"));
  ganrt_journal_close(&journal);
  EXPECT_EQ(readFile(scratch.path("log")), "before\nthree\n");
}

// A limit on the size of files stands for a disk that is full for a while.
TEST(Journal, KeepsLinesUntilThereIsRoom) {
  gan::TemporaryFolder scratch;
  ganrt_journal journal;
  ASSERT_OK(ganrt_journal_open(scratch.path("log").c_str(), &journal));
  struct rlimit old, tight;
  getrlimit(RLIMIT_FSIZE, &old);
  tight = old;
  tight.rlim_cur = 6;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &tight);
  EXPECT_OK(ganrt_journal_add(&journal, "one"));
  EXPECT_NE(sentence(ganrt_journal_add(&journal, "two")), "done");
  EXPECT_OK(ganrt_journal_add(&journal, "three")); // one warning is enough
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_OK(ganrt_journal_add(&journal, "four"));
  ganrt_journal_close(&journal);
  EXPECT_EQ(readFile(scratch.path("log")), "one\ntwo\nthree\nfour\n");
}

TEST(Journal, AClosedOneDropsLines) {
  ganrt_journal journal = {};
  journal.descriptor = -1;
  EXPECT_OK(ganrt_journal_add(&journal, "lost"));
}

} // namespace
