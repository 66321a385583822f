//===- zip_builder.h - zip archives for tests, good ones and bad ones -----===//
#ifndef TESTS_RUNTIME_FORMATS_ZIP_BUILDER_H
#define TESTS_RUNTIME_FORMATS_ZIP_BUILDER_H

#include <cstdint>
#include <string>
#include <vector>
#include <zlib.h>

/// One entry as it will stand in the archive; tests bend its fields.
struct ZipEntry {
  std::string name;
  std::string packed;
  uint64_t size = 0;
  uint32_t crc = 0;
  uint16_t method = 0;
  uint16_t flags = 0;
  uint32_t attributes = 0;
  uint16_t madeBy = 3 << 8;
  int64_t offset = -1; // of the local header; -1: where it is
};

inline ZipEntry storedEntry(const std::string &name, const std::string &bytes) {
  ZipEntry entry;
  entry.name = name;
  entry.packed = bytes;
  entry.size = bytes.size();
  entry.crc = uint32_t(crc32(0, (const Bytef *)bytes.data(), bytes.size()));
  return entry;
}

inline ZipEntry deflatedEntry(const std::string &name,
                              const std::string &bytes) {
  ZipEntry entry = storedEntry(name, bytes);
  std::string packed(compressBound(bytes.size()) + 64, 0);
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = uInt(bytes.size());
  stream.next_out = reinterpret_cast<Bytef *>(&packed[0]);
  stream.avail_out = uInt(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  entry.packed = packed;
  entry.method = 8;
  return entry;
}

inline void put(std::string &out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out.push_back(char(value >> (8 * i)));
}

/// The archive; with `is_zip64` all sizes and counts stand in 64-bit fields.
inline std::string makeZip(const std::vector<ZipEntry> &entries,
                           bool isZip64 = false,
                           const std::string &comment = "") {
  std::string out, directory;
  for (const ZipEntry &entry : entries) {
    uint64_t offset = entry.offset < 0 ? out.size() : uint64_t(entry.offset);
    put(out, 0x04034b50, 4);
    put(out, 20, 2), put(out, entry.flags, 2), put(out, entry.method, 2);
    put(out, 0, 4), put(out, entry.crc, 4);
    put(out, entry.packed.size(), 4), put(out, entry.size, 4);
    put(out, entry.name.size(), 2), put(out, 0, 2);
    out += entry.name + entry.packed;

    std::string extra;
    if (isZip64) {
      put(extra, 1, 2), put(extra, 24, 2);
      put(extra, entry.size, 8), put(extra, entry.packed.size(), 8);
      put(extra, offset, 8);
    }
    uint64_t all = 0xffffffff;
    put(directory, 0x02014b50, 4);
    put(directory, entry.madeBy, 2), put(directory, 20, 2);
    put(directory, entry.flags, 2), put(directory, entry.method, 2);
    put(directory, 0, 4), put(directory, entry.crc, 4);
    put(directory, isZip64 ? all : entry.packed.size(), 4);
    put(directory, isZip64 ? all : entry.size, 4);
    put(directory, entry.name.size(), 2), put(directory, extra.size(), 2);
    put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 2);
    put(directory, entry.attributes, 4);
    put(directory, isZip64 ? all : offset, 4);
    directory += entry.name + extra;
  }
  uint64_t begin = out.size();
  out += directory;
  if (isZip64) {
    uint64_t end64 = out.size();
    put(out, 0x06064b50, 4), put(out, 44, 8), put(out, 45, 2);
    put(out, 45, 2), put(out, 0, 8);
    put(out, entries.size(), 8), put(out, entries.size(), 8);
    put(out, directory.size(), 8), put(out, begin, 8);
    put(out, 0x07064b50, 4), put(out, 0, 4), put(out, end64, 8);
    put(out, 1, 4);
  }
  put(out, 0x06054b50, 4), put(out, 0, 4);
  put(out, isZip64 ? 0xffff : entries.size(), 2);
  put(out, isZip64 ? 0xffff : entries.size(), 2);
  put(out, isZip64 ? 0xffffffff : directory.size(), 4);
  put(out, isZip64 ? 0xffffffff : begin, 4);
  put(out, comment.size(), 2);
  return out + comment;
}

#endif // TESTS_RUNTIME_FORMATS_ZIP_BUILDER_H
