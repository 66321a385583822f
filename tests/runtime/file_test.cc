//===- file_test.cc - reading and writing whole files ---------------------===//
#include "runtime/src/file.h"

#include "tests/runtime/temporary_folder.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

using gan::TemporaryFolder;

TEST(File, WritesAndReadsBack) {
  TemporaryFolder folder;
  std::string path = folder.path("a");
  ganrt_piece pieces[] = {{"one", 3}, {"", 0}, {"two", 3}};
  ASSERT_EQ(ganrt_file_write(path.c_str(), pieces, 3), nullptr);
  ganrt_bytes bytes;
  ASSERT_EQ(ganrt_file_read(nullptr, path.c_str(), 6, &bytes), nullptr);
  EXPECT_EQ(bytes.size, 6u);
  EXPECT_STREQ(reinterpret_cast<char *>(bytes.data), "onetwo");
  ganrt_bytes_destroy(&bytes);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a"});
}

TEST(File, RefusesMoreThanTheLimit) {
  TemporaryFolder folder;
  std::string path = folder.path("a");
  std::ofstream(path) << "12345";
  ganrt_bytes bytes;
  ganrt_status_t status = ganrt_file_read(nullptr, path.c_str(), 4, &bytes);
  EXPECT_EQ(ganrt_status_code(status), GANRT_LIMIT);
  ganrt_status_free(status);
}

TEST(File, RefusesWhatIsNoRegularFile) {
  TemporaryFolder folder;
  std::string fifo = folder.path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  ganrt_bytes bytes;
  for (const std::string &path :
       {fifo, folder.path("."), std::string("/dev/zero")}) {
    ganrt_status_t status = ganrt_file_read(nullptr, path.c_str(), 10, &bytes);
    EXPECT_EQ(ganrt_status_message(status),
              "'" + path + "' is not a regular file");
    ganrt_status_free(status);
  }
}

TEST(File, MissingFileIsNotFound) {
  ganrt_bytes bytes;
  ganrt_status_t status = ganrt_file_read(nullptr, "/no/such", 10, &bytes);
  EXPECT_EQ(ganrt_status_code(status), GANRT_NOT_FOUND);
  EXPECT_STREQ(ganrt_status_message(status),
               "cannot open '/no/such': no such file or directory");
  ganrt_status_free(status);
}

TEST(File, FailedWriteLeavesTheOldFile) {
  TemporaryFolder folder;
  std::string path = folder.path("a");
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0); // a folder can't be replaced
  ganrt_piece piece = {"x", 1};
  ganrt_status_t status = ganrt_file_write(path.c_str(), &piece, 1);
  EXPECT_EQ(ganrt_status_exit_code(status), 1);
  ganrt_status_free(status);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"a"});
  status = ganrt_file_write("/no/such/file", &piece, 1);
  EXPECT_EQ(ganrt_status_code(status), GANRT_NOT_FOUND);
  ganrt_status_free(status);
}

// A device or a pipe must survive, or root loses /dev/stdout.
TEST(File, WritesIntoAPipeInsteadOfReplacingIt) {
  TemporaryFolder folder;
  std::string path = folder.path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ganrt_piece piece = {"words", 5};
  ASSERT_EQ(ganrt_file_write(path.c_str(), &piece, 1), nullptr);
  char text[6] = {};
  EXPECT_EQ(read(reader, text, 5), 5);
  EXPECT_STREQ(text, "words");
  close(reader);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_TRUE(S_ISFIFO(info.st_mode));
}

TEST(File, EndOfFileIsAnError) {
  TemporaryFolder folder;
  std::string path = folder.path("a");
  std::ofstream(path) << "12345";
  int fd;
  uint64_t size;
  ASSERT_EQ(ganrt_file_open(path.c_str(), &fd, &size), nullptr);
  char buffer[10];
  ganrt_status_t status = ganrt_descriptor_read(fd, "a", 2, buffer, 10);
  EXPECT_STREQ(ganrt_status_message(status),
               "'a' ends early: expected 12 bytes, got 5");
  ganrt_status_free(status);
  close(fd);
}

// Writing where nothing fits.
TEST(File, FullDiskIsAnIoError) {
  int fd = open("/dev/full", O_WRONLY);
  if (fd < 0)
    GTEST_SKIP() << "no /dev/full";
  ganrt_status_t status = ganrt_descriptor_write(fd, "full", "x", 1);
  EXPECT_EQ(ganrt_status_exit_code(status), 74);
  ganrt_status_free(status);
  close(fd);
}
