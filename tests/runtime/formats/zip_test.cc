//===- zip_test.cc - reading zip archives without unpacking them ----------===//
#include "runtime/src/formats/zip.h"
#include "tests/runtime/formats/zip_builder.h"
#include "tests/runtime/helpers.h"

#include <random>
#include <sys/stat.h>

namespace {

const uint64_t plenty = uint64_t(1) << 30;

/// Opens the bytes as an archive and reads all of it; the first failure.
std::string readAll(const gan::TemporaryFolder &scratch,
                    const std::string &bytes, uint64_t limit = plenty) {
  writeFile(scratch.path("a.zip"), bytes);
  ganrt_zip *zip;
  ganrt_status_t status =
      ganrt_zip_open(scratch.path("a.zip").c_str(), limit, &zip);
  for (size_t i = 0; !status && i < ganrt_zip_entry_count(zip); ++i) {
    const ganrt_zip_entry *entry = ganrt_zip_entry_at(zip, i);
    std::string buffer(entry->bytes, 0);
    status = ganrt_zip_read(zip, entry, buffer.data());
  }
  ganrt_zip_close(zip);
  return sentence(status);
}

TEST(Zip, ReadsStoredAndDeflatedEntries) {
  gan::TemporaryFolder scratch;
  std::string long_text(100000, 'a');
  for (bool isZip64 : {false, true}) {
    writeFile(scratch.path("a.zip"),
              makeZip({storedEntry("b/two", "second"), storedEntry("b/", ""),
                       deflatedEntry("a", long_text), deflatedEntry("c", "")},
                      isZip64, "a comment"));
    ganrt_zip *zip;
    ASSERT_OK(ganrt_zip_open(scratch.path("a.zip").c_str(), plenty, &zip));
    ASSERT_EQ(ganrt_zip_entry_count(zip), 3u);
    const ganrt_zip_entry *entry = ganrt_zip_entry_at(zip, 0);
    EXPECT_STREQ(entry->name, "a");
    std::string buffer(entry->bytes, 0);
    EXPECT_OK(ganrt_zip_read(zip, entry, buffer.data()));
    EXPECT_EQ(buffer, long_text);
    entry = ganrt_zip_find(zip, "b/two");
    ASSERT_NE(entry, nullptr);
    buffer.resize(entry->bytes);
    EXPECT_OK(ganrt_zip_read(zip, entry, buffer.data()));
    EXPECT_EQ(buffer, "second");
    EXPECT_OK(ganrt_zip_read(zip, ganrt_zip_find(zip, "c"), buffer.data()));
    EXPECT_EQ(ganrt_zip_find(zip, "b"), nullptr);
    ganrt_zip_close(zip);
  }
}

TEST(Zip, RefusesWhatItShould) {
  gan::TemporaryFolder scratch;
  ZipEntry good = storedEntry("a", "some bytes");
  auto bent = [&](auto bend) {
    ZipEntry entry = good;
    bend(entry);
    return makeZip({entry});
  };
  struct {
    std::string bytes, expected;
  } cases[] = {
      {"", "not a zip archive, or cut off: no end record"},
      {std::string(100, 'x'), "no end record"},
      {makeZip({good}).substr(0, 60), "no end record"},
      {bent([](ZipEntry &e) { e.flags = 1; }), "entry 'a': encrypted"},
      {bent([](ZipEntry &e) { e.method = 12; }),
       "expected compression method 0 (stored) or 8 (deflated), got 12"},
      {bent([](ZipEntry &e) { e.attributes = uint32_t(S_IFLNK | 0777) << 16; }),
       "entry 'a': a symbolic link"},
      {bent([](ZipEntry &e) { e.size = 11; }),
       "a stored entry has two different sizes"},
      {bent([](ZipEntry &e) { e.crc ^= 1; }), "entry 'a': checksum mismatch"},
      {bent([](ZipEntry &e) { e.offset = 1 << 20; }), "lies outside the file"},
      {bent([](ZipEntry &e) { e.offset = 5; }),
       "has no local header where the directory says"},
      {bent([](ZipEntry &e) { e.method = 8; }),
       "broken data: expected 10 bytes"},
      {bent([](ZipEntry &e) { e.name = std::string("a\0b", 3); }),
       "entry 0 of the directory has no valid name"},
      {makeZip({good, good}), "two entries are called 'a'"},
  };
  for (auto &[bytes, expected] : cases) {
    std::string result = readAll(scratch, bytes);
    EXPECT_NE(result.find(expected), std::string::npos)
        << result << " instead of " << expected;
  }
}

TEST(Zip, BoundsWhatUnpackingTakes) {
  gan::TemporaryFolder scratch;
  ZipEntry bomb = deflatedEntry("bomb", std::string(1 << 20, 0));
  EXPECT_EQ(readAll(scratch, makeZip({bomb})), "done");
  EXPECT_NE(readAll(scratch, makeZip({bomb}), 1000)
                .find("unpacks to more than 1000 bytes"),
            std::string::npos);
  bomb.size = uint64_t(bomb.packed.size()) * 1200;
  EXPECT_NE(readAll(scratch, makeZip({bomb}))
                .find("unpacks to more than 1100 times its size"),
            std::string::npos);
  // Ten entries that all point at the same bytes.
  std::vector<ZipEntry> entries;
  entries.push_back(storedEntry("0", std::string(5000, 'x')));
  for (int i = 1; i < 10; ++i) {
    ZipEntry twin = entries[0];
    twin.name = std::to_string(i);
    twin.offset = 0;
    entries.push_back(twin);
  }
  std::string bytes = makeZip(entries);
  // Leave the first local entry and the directory; drop the others' data.
  size_t directory = bytes.find("PK\1\2");
  size_t one = 30 + 1 + 5000;
  std::string overlapping = bytes.substr(0, one) + bytes.substr(directory);
  size_t end = overlapping.find("PK\5\6");
  for (int i = 0; i < 4; ++i)
    overlapping[end + 16 + size_t(i)] = char(one >> (8 * i));
  EXPECT_NE(readAll(scratch, overlapping).find("entries overlap"),
            std::string::npos);
}

// Single fields of good archives made wrong.
TEST(Zip, BrokenDirectoriesAreFound) {
  gan::TemporaryFolder scratch;
  std::string plain = makeZip({storedEntry("a", "some bytes")});
  std::string large = makeZip({storedEntry("a", "some bytes")}, true);
  struct {
    std::string good;
    const char *record;
    size_t at;
    char value;
    const char *expected;
  } cases[] = {
      {large, "PK\6\7", 8 + 4, 1, "the zip64 end record lies outside the file"},
      {large, "PK\6\7", 8, 1, "the zip64 end record has a wrong signature"},
      {plain, "PK\5\6", 4, 1, "archives of several files are not supported"},
      {plain, "PK\5\6", 12 + 2, 1, "the directory lies outside the file"},
      {plain, "PK\5\6", 10, 9, "the directory is too short for its entries"},
      {plain, "PK\1\2", 0, 'Q', "entry 0 of the directory is broken"},
      {plain, "PK\1\2", 28, 99, "entry 0 of the directory is cut off"},
      {large, "PK\1\2", 47 + 2, 99, "an extra field is longer than its room"},
      {large, "PK\1\2", 47 + 2, 9, "the zip64 field is too short"},
  };
  for (auto &[good, record, at, value, expected] : cases) {
    std::string bytes = good;
    bytes[bytes.find(record) + at] = value;
    std::string result = readAll(scratch, bytes);
    EXPECT_NE(result.find(expected), std::string::npos)
        << result << " instead of " << expected;
  }
}

TEST(Zip, WrongSizesOfDeflatedEntriesAreFound) {
  gan::TemporaryFolder scratch;
  for (int change : {-1, 1, 1000}) {
    ZipEntry entry = deflatedEntry("a", std::string(5000, 'b'));
    entry.size += uint64_t(int64_t(change));
    EXPECT_NE(readAll(scratch, makeZip({entry})).find("broken data"),
              std::string::npos);
  }
}

// Whatever a single byte becomes, reading ends with success or a sentence.
TEST(Zip, SurvivesRandomBytes) {
  gan::TemporaryFolder scratch;
  for (bool isZip64 : {false, true}) {
    std::string good = makeZip({storedEntry("one", "bytes"),
                                deflatedEntry("two", std::string(300, 'c'))},
                               isZip64);
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
      std::string bytes = good;
      for (unsigned n = random() % 4 + 1; n; --n)
        bytes[random() % bytes.size()] = char(random());
      if (random() % 4 == 0)
        bytes.resize(random() % bytes.size());
      readAll(scratch, bytes, 1 << 20);
    }
  }
}

TEST(Zip, OnlyRegularFiles) {
  gan::TemporaryFolder scratch;
  ganrt_zip *zip;
  std::string result =
      sentence(ganrt_zip_open(scratch.path("").c_str(), plenty, &zip));
  EXPECT_NE(result.find("is not a regular file"), std::string::npos) << result;
  EXPECT_EQ(zip, nullptr);
}

} // namespace
