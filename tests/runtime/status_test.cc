//===- status_test.cc - how every function of the runtime reports ---------===//
#include "ganrt/status.h"

#include <cerrno>
#include <gtest/gtest.h>

TEST(Status, OkIsNullAndSaysDone) {
  EXPECT_EQ(ganrt_status_code(GANRT_STATUS_OK), GANRT_OK);
  EXPECT_STREQ(ganrt_status_message(GANRT_STATUS_OK), "done");
  EXPECT_EQ(ganrt_status_exit_code(GANRT_STATUS_OK), 0);
  ganrt_status_free(GANRT_STATUS_OK);
}

TEST(Status, HoldsCodeAndSentence) {
  ganrt_status_t status =
      ganrt_status_make(GANRT_INVALID_DATA, "expected %d, got '%s'", 3, "x");
  EXPECT_EQ(ganrt_status_code(status), GANRT_INVALID_DATA);
  EXPECT_STREQ(ganrt_status_message(status), "expected 3, got 'x'");
  EXPECT_EQ(ganrt_status_exit_code(status), 1);
  ganrt_status_free(status);
}

TEST(Status, AnnotationComesFirst) {
  ganrt_status_t status = ganrt_status_make(GANRT_NUMERIC, "is nan");
  status = ganrt_status_annotate(status, "output '%s'", "y");
  EXPECT_STREQ(ganrt_status_message(status), "output 'y': is nan");
  EXPECT_EQ(ganrt_status_exit_code(status), 65);
  ganrt_status_free(status);
}

TEST(Status, AnnotatingSuccessStaysSuccess) {
  EXPECT_EQ(ganrt_status_annotate(GANRT_STATUS_OK, "x"), nullptr);
}

TEST(Status, ErrnoBecomesCodeAndLowerCaseWords) {
  ganrt_status_t status = ganrt_status_from_errno(ENOENT, "cannot open 'a'");
  EXPECT_EQ(ganrt_status_code(status), GANRT_NOT_FOUND);
  EXPECT_STREQ(ganrt_status_message(status),
               "cannot open 'a': no such file or directory");
  ganrt_status_free(status);
  status = ganrt_status_from_errno(EIO, "cannot read 'a'");
  EXPECT_EQ(ganrt_status_exit_code(status), 74);
  EXPECT_TRUE(ganrt_status_ignore(status));
}
