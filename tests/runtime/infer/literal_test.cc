//===- literal_test.cc - tensors on a command line ------------------------===//
#include "runtime/src/infer/literal.h"

#include "tests/runtime/temporary_folder.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace {
std::string message(ganrt_status_t status) {
  std::string text = ganrt_status_message(status);
  ganrt_status_free(status);
  return text;
}

// Reads and prints again, or the sentence.
std::string echo(const std::string &literal, uint64_t most = 100) {
  ganrt_tensor tensor;
  ganrt_status_t status =
      ganrt_literal_parse(nullptr, literal.c_str(), &tensor);
  if (status)
    return message(status);
  ganrt_text text = {};
  ganrt_literal_append(&text, &tensor, most);
  std::string out(text.data, text.length);
  ganrt_text_destroy(&text);
  ganrt_tensor_destroy(&tensor);
  return out;
}
} // namespace

TEST(Literal, ReadsAndPrints) {
  EXPECT_EQ(echo("2x3xf32=[1 2 3][4 5 6]"), "2x3xf32=[1 2 3][4 5 6]");
  EXPECT_EQ(echo("2x3xf32=1,2,3,4,5,6"), "2x3xf32=[1 2 3][4 5 6]");
  EXPECT_EQ(echo("2x2xi32=7"), "2x2xi32=[7 7][7 7]");
  EXPECT_EQ(echo("f32=0.1"), "f32=0.100000001");
  EXPECT_EQ(echo("1xf64=0.1"), "1xf64=[0.10000000000000001]");
  EXPECT_EQ(echo("3xf32=nan inf -inf"), "3xf32=[nan inf -inf]");
  EXPECT_EQ(echo("2xi64=[9223372036854775807 -9223372036854775808]"),
            "2xi64=[9223372036854775807 -9223372036854775808]");
  EXPECT_EQ(echo("3xbool=[1 0 1]"), "3xbool=[1 0 1]");
  EXPECT_EQ(echo("0x4xf32=[]"), "0x4xf32=");
  EXPECT_EQ(echo("5xi32=[1 2 3 4 5]", 3), "5xi32=[1 2 3 ...");
}

TEST(Literal, MistakesAreSentences) {
  const std::pair<const char *, const char *> cases[] = {
      {"2x3xf32", "expected @FILE.npy, 2x3xf32=@FILE or 2x3xf32=[1 2 3 ...], "
                  "got '2x3xf32'"},
      {"2x3xf99=1", "expected @FILE.npy, 2x3xf32=@FILE or 2x3xf32=[1 2 3 ...], "
                    "got '2x3xf99=1'"},
      {"-2xf32=1", "expected @FILE.npy, 2x3xf32=@FILE or 2x3xf32=[1 2 3 ...], "
                   "got '-2xf32=1'"},
      {"4xf32=[1 2 3]", "expected 4 elements, got 3"},
      {"2xf32=[1 2 3]", "expected 2 elements, got 3"},
      {"2xf32=[]", "expected 2 elements, got 0"},
      {"2xf32=[1 x]", "expected a number, got 'x'"},
      {"1xi32=[1.5]", "expected whole numbers that fit into i32, got 1.5 at "
                      "element 0"},
      {"1xu8=[256]", "expected whole numbers that fit into u8, got 256 at "
                     "element 0"},
      {"99999999999xf32=1",
       "expected dimension 0 in 0 ... 2^31 - 1, got 99999999999"},
      {"2000000000x2000000000xf32=1",
       "expected at most 2^40 bytes, got a larger shape"},
  };
  for (const auto &[literal, expected] : cases)
    EXPECT_EQ(echo(literal), expected);
}

TEST(Literal, AFileWithoutAHeaderNeedsItsType) {
  gan::TemporaryFolder folder;
  std::string path = folder.path("z.bin");
  std::ofstream(path, std::ios::binary) << "12345678";
  std::string said = echo("@" + path);
  EXPECT_EQ(said.find("what is no npy file needs a type in front, as "
                      "2x3xf32=@FILE: "),
            0u)
      << said;
  EXPECT_EQ(echo("2xi32=@" + path), "2xi32=[875770417 943142453]");
  // What is not there is not asked for a type.
  EXPECT_EQ(echo("@" + path + "x").find("needs a type"), std::string::npos);
}

TEST(Literal, SplitsNames) {
  const char *name;
  uint64_t length;
  EXPECT_STREQ(ganrt_literal_split("z=@a.npy", &name, &length), "@a.npy");
  EXPECT_EQ(std::string(name, length), "z");
  EXPECT_STREQ(ganrt_literal_split("z=2xf32=1", &name, &length), "2xf32=1");
  EXPECT_EQ(length, 1u);
  EXPECT_STREQ(ganrt_literal_split("2xf32=1", &name, &length), "2xf32=1");
  EXPECT_EQ(name, nullptr);
  EXPECT_STREQ(ganrt_literal_split("@a=b.npy", &name, &length), "@a=b.npy");
  EXPECT_EQ(name, nullptr);
}

TEST(Literal, FilesOfEitherForm) {
  gan::TemporaryFolder folder;
  ganrt_tensor tensor;
  ASSERT_EQ(message(ganrt_literal_parse(nullptr, "2x2xf32=[1 2 3 4]", &tensor)),
            "done");
  std::string npy = "@" + folder.path("a.npy"),
              raw = "@" + folder.path("a.bin");
  EXPECT_EQ(message(ganrt_literal_write(npy.c_str() + 1, &tensor)), "done");
  EXPECT_EQ(message(ganrt_literal_write(raw.c_str() + 1, &tensor)), "done");
  EXPECT_EQ(echo(npy), "2x2xf32=[1 2][3 4]");
  EXPECT_EQ(echo("4xf32=" + raw), "4xf32=[1 2 3 4]");
  EXPECT_EQ(echo("5xf32=" + raw),
            "expected 20 bytes in '" + folder.path("a.bin") + "', got 16");
  ganrt_tensor_destroy(&tensor);
}
