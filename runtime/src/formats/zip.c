/*===- zip.c - reading zip archives without unpacking them ----------------===
 *
 *  1. Find the end record in the last 64 KiB; follow the zip64 locator before it.
 *  2. Read the central directory as one piece; its size is bounded by the file's.
 *  3. Check every entry on its own, then all of them together.
 *  4. Sort by name.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/zip.h"

#include "runtime/src/file.h"
#include "runtime/src/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
  end_size = 22,
  end_locator_size = 20,
  end64_size = 56,
  central_size = 46,
  local_size = 30,
  max_comment = 65535,
  max_ratio = 1100, /* DEFLATE itself ends at about 1032 */
  max_entries = 10000000
};

struct ganrt_zip {
  int descriptor;
  uint64_t file_bytes;
  uint8_t *directory;
  char *names; /* all names, each with a final zero */
  ganrt_zip_entry *entries;
  size_t entry_count;
};

static uint16_t get16(const uint8_t *p) {
  return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p) {
  return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const uint8_t *p) {
  return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static ganrt_status_t read_at(const ganrt_zip *zip, uint64_t offset,
                              void *buffer, uint64_t size) {
  return ganrt_descriptor_read(zip->descriptor, "the archive", offset, buffer,
                               size);
}

typedef struct zip_directory {
  uint64_t offset;
  uint64_t bytes;
  uint64_t entries;
} zip_directory;

/* The zip64 end record that the locator in front of the end record points to. */
static ganrt_status_t find_directory64(const ganrt_zip *zip,
                                       const uint8_t *locator,
                                       zip_directory *out) {
  uint8_t record[end64_size];
  uint64_t offset = get64(locator + 8);
  if (zip->file_bytes < end64_size || offset > zip->file_bytes - end64_size)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the zip64 end record lies outside the file");
  GANRT_RETURN_IF_ERROR(read_at(zip, offset, record, sizeof record));
  if (get32(record) != 0x06064b50)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the zip64 end record has a wrong signature");
  out->entries = get64(record + 32);
  out->bytes = get64(record + 40);
  out->offset = get64(record + 48);
  return GANRT_STATUS_OK;
}

static ganrt_status_t find_directory(const ganrt_zip *zip, zip_directory *out) {
  size_t tail_size = max_comment + end_size + end_locator_size;
  if (zip->file_bytes < tail_size)
    tail_size = (size_t)zip->file_bytes;
  uint8_t *tail = malloc(tail_size + 1);
  if (!tail)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  ganrt_status_t status =
      read_at(zip, zip->file_bytes - tail_size, tail, tail_size);
  if (status)
    goto done;
  size_t at = tail_size < end_size ? 0 : tail_size - end_size + 1;
  while (at > 0) {
    --at;
    if (get32(tail + at) == 0x06054b50 &&
        at + end_size + get16(tail + at + 20) == tail_size)
      goto found;
  }
  status = ganrt_status_make(GANRT_INVALID_DATA,
                             "not a zip archive, or cut off: no end record");
  goto done;

found:
  out->entries = get16(tail + at + 10);
  out->bytes = get32(tail + at + 12);
  out->offset = get32(tail + at + 16);
  if (get16(tail + at + 4) || get16(tail + at + 6)) {
    status = ganrt_status_make(GANRT_UNSUPPORTED,
                               "archives of several files are not supported");
    goto done;
  }
  if (at >= end_locator_size &&
      get32(tail + at - end_locator_size) == 0x07064b50)
    status = find_directory64(zip, tail + at - end_locator_size, out);
done:
  free(tail);
  return status;
}

/* Sizes and offset of `entry` that stand in the zip64 field of `extra`. */
static ganrt_status_t read_extra(const uint8_t *extra, size_t size,
                                 ganrt_zip_entry *entry) {
  while (size >= 4) {
    size_t field = get16(extra + 2);
    if (field > size - 4)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "an extra field is longer than its room");
    if (get16(extra) == 1) {
      const uint8_t *next = extra + 4;
      uint64_t *const values[3] = {&entry->bytes, &entry->compressed_bytes,
                                   &entry->header_offset};
      for (unsigned i = 0; i < 3; ++i) {
        if (*values[i] != UINT32_MAX)
          continue;
        if (field < 8)
          return ganrt_status_make(GANRT_INVALID_DATA,
                                   "the zip64 field is too short");
        *values[i] = get64(next);
        next += 8, field -= 8;
      }
      return GANRT_STATUS_OK;
    }
    extra += 4 + field, size -= 4 + field;
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_entry(const ganrt_zip *zip, uint16_t flags,
                                  uint16_t method, uint32_t attributes,
                                  uint16_t made_by, ganrt_zip_entry *entry) {
  if (flags & 1)
    return ganrt_status_make(GANRT_UNSUPPORTED, "encrypted");
  if (method != 0 && method != 8)
    return ganrt_status_make(
        GANRT_UNSUPPORTED,
        "expected compression method 0 (stored) or 8 (deflated), got %u",
        method);
  if (made_by >> 8 == 3 && S_ISLNK(attributes >> 16))
    return ganrt_status_make(GANRT_UNSUPPORTED, "a symbolic link");
  entry->is_deflated = method == 8;
  if (!entry->is_deflated && entry->bytes != entry->compressed_bytes)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "a stored entry has two different sizes");
  if (entry->compressed_bytes > zip->file_bytes ||
      entry->header_offset > zip->file_bytes - entry->compressed_bytes)
    return ganrt_status_make(GANRT_INVALID_DATA, "lies outside the file");
  /* Both factors are below 2^63 / 1100, as the file is. */
  if (entry->bytes / max_ratio > entry->compressed_bytes)
    return ganrt_status_make(
        GANRT_LIMIT, "unpacks to more than %d times its size", max_ratio);
  return GANRT_STATUS_OK;
}

static int compare_names(const void *left, const void *right) {
  return strcmp(((const ganrt_zip_entry *)left)->name,
                ((const ganrt_zip_entry *)right)->name);
}

static ganrt_status_t read_entries(ganrt_zip *zip,
                                   const zip_directory *directory,
                                   uint64_t max_bytes) {
  uint64_t at = 0, total_compressed = 0, total = 0;
  char *name = zip->names;
  for (uint64_t i = 0; i < directory->entries; ++i) {
    const uint8_t *record = zip->directory + at;
    uint64_t left = directory->bytes - at;
    if (left < central_size || get32(record) != 0x02014b50)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "entry %llu of the directory is broken",
                               (unsigned long long)i);
    size_t name_size = get16(record + 28), extra_size = get16(record + 30);
    uint64_t size = central_size + name_size + extra_size + get16(record + 32);
    if (size > left)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "entry %llu of the directory is cut off",
                               (unsigned long long)i);
    at += size;
    const char *raw = (const char *)record + central_size;
    if (name_size == 0 || memchr(raw, 0, name_size))
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "entry %llu of the directory has no valid name",
                               (unsigned long long)i);
    if (raw[name_size - 1] == '/')
      continue;
    ganrt_zip_entry *entry = &zip->entries[zip->entry_count];
    entry->name = name;
    memcpy(name, raw, name_size);
    name[name_size] = 0;
    name += name_size + 1;
    entry->crc = get32(record + 16);
    entry->compressed_bytes = get32(record + 20);
    entry->bytes = get32(record + 24);
    entry->header_offset = get32(record + 42);
    ganrt_status_t status =
        read_extra((const uint8_t *)raw + name_size, extra_size, entry);
    if (!status)
      status = check_entry(zip, get16(record + 8), get16(record + 10),
                           get32(record + 38), get16(record + 4), entry);
    if (status) {
      return ganrt_status_annotate(status, "entry '%s'",
                                   ganrt_quote(entry->name).text);
    }
    ++zip->entry_count;
    total_compressed += entry->compressed_bytes;
    total += entry->bytes;
    if (total_compressed > zip->file_bytes)
      return ganrt_status_make(GANRT_INVALID_DATA, "entries overlap");
    if (total > max_bytes)
      return ganrt_status_make(GANRT_LIMIT, "unpacks to more than %llu bytes",
                               (unsigned long long)max_bytes);
  }
  qsort(zip->entries, zip->entry_count, sizeof *zip->entries, compare_names);
  for (size_t i = 1; i < zip->entry_count; ++i)
    if (strcmp(zip->entries[i - 1].name, zip->entries[i].name) == 0)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "two entries are called '%s'",
                               ganrt_quote(zip->entries[i].name).text);
  return GANRT_STATUS_OK;
}

static ganrt_status_t read_directory(ganrt_zip *zip, uint64_t max_bytes) {
  zip_directory directory;
  GANRT_RETURN_IF_ERROR(find_directory(zip, &directory));
  if (directory.bytes > zip->file_bytes ||
      directory.offset > zip->file_bytes - directory.bytes)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the directory lies outside the file");
  if (directory.entries > max_entries)
    return ganrt_status_make(GANRT_LIMIT, "more than %d entries", max_entries);
  if (directory.entries > directory.bytes / central_size)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the directory is too short for its entries");
  zip->directory = malloc(directory.bytes + 1);
  zip->names = malloc(directory.bytes + 1);
  zip->entries = calloc(directory.entries + 1, sizeof *zip->entries);
  if (!zip->directory || !zip->names || !zip->entries)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  GANRT_RETURN_IF_ERROR(
      read_at(zip, directory.offset, zip->directory, directory.bytes));
  GANRT_RETURN_IF_ERROR(read_entries(zip, &directory, max_bytes));
  free(zip->directory);
  zip->directory = NULL;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_zip_open(const char *path, uint64_t max_bytes,
                              ganrt_zip **out) {
  *out = NULL;
  ganrt_zip *zip = calloc(1, sizeof *zip);
  if (!zip)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  zip->descriptor = -1;
  ganrt_status_t status =
      ganrt_file_open(path, &zip->descriptor, &zip->file_bytes);
  if (!status)
    status = ganrt_status_annotate(read_directory(zip, max_bytes), "'%s'",
                                   ganrt_quote(path).text);
  if (status) {
    ganrt_zip_close(zip);
    return status;
  }
  *out = zip;
  return GANRT_STATUS_OK;
}

void ganrt_zip_close(ganrt_zip *zip) {
  if (!zip)
    return;
  if (zip->descriptor >= 0)
    close(zip->descriptor);
  free(zip->directory);
  free(zip->names);
  free(zip->entries);
  free(zip);
}

size_t ganrt_zip_entry_count(const ganrt_zip *zip) {
  return zip->entry_count;
}

const ganrt_zip_entry *ganrt_zip_entry_at(const ganrt_zip *zip, size_t index) {
  return &zip->entries[index];
}

const ganrt_zip_entry *ganrt_zip_find(const ganrt_zip *zip, const char *name) {
  ganrt_zip_entry key = {.name = name};
  return bsearch(&key, zip->entries, zip->entry_count, sizeof key,
                 compare_names);
}

static ganrt_status_t inflate_entry(const ganrt_zip *zip,
                                    const ganrt_zip_entry *entry,
                                    uint64_t offset, uint8_t *buffer) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  uint8_t input[16384];
  uint64_t left = entry->compressed_bytes, made = 0;
  ganrt_status_t status = GANRT_STATUS_OK;
  int result = Z_OK;
  uint8_t beyond; /* an entry of no bytes needs some place to write to */
  while (!status && result == Z_OK) {
    if (stream.avail_in == 0 && left) {
      size_t part = left < sizeof input ? (size_t)left : sizeof input;
      status = read_at(zip, offset, input, part);
      if (status)
        break;
      offset += part, left -= part;
      stream.next_in = input;
      stream.avail_in = (uInt)part;
    }
    uint64_t room = entry->bytes - made;
    uInt step = room > 1u << 30 ? 1u << 30 : (uInt)room;
    stream.next_out = room ? buffer + made : &beyond;
    stream.avail_out = step;
    result = inflate(&stream, Z_NO_FLUSH);
    made += step - stream.avail_out;
  }
  inflateEnd(&stream);
  if (!status && (result != Z_STREAM_END || made != entry->bytes))
    status = ganrt_status_make(
        GANRT_INVALID_DATA, "broken data: expected %llu bytes, unpacked %llu%s",
        (unsigned long long)entry->bytes, (unsigned long long)made,
        result == Z_STREAM_END || result == Z_OK ? "" : " and found an error");
  return status;
}

static ganrt_status_t read_entry(const ganrt_zip *zip,
                                 const ganrt_zip_entry *entry,
                                 uint8_t *buffer) {
  uint8_t header[local_size];
  if (zip->file_bytes < local_size ||
      entry->header_offset > zip->file_bytes - local_size)
    return ganrt_status_make(GANRT_INVALID_DATA, "lies outside the file");
  GANRT_RETURN_IF_ERROR(
      read_at(zip, entry->header_offset, header, sizeof header));
  uint64_t offset = entry->header_offset + local_size + get16(header + 26) +
                    get16(header + 28);
  if (get32(header) != 0x04034b50)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "has no local header where the directory says");
  if (offset > zip->file_bytes ||
      entry->compressed_bytes > zip->file_bytes - offset)
    return ganrt_status_make(GANRT_INVALID_DATA, "lies outside the file");
  if (entry->is_deflated)
    GANRT_RETURN_IF_ERROR(inflate_entry(zip, entry, offset, buffer));
  else
    GANRT_RETURN_IF_ERROR(read_at(zip, offset, buffer, entry->bytes));
  if (crc32_z(0, buffer, entry->bytes) != entry->crc)
    return ganrt_status_make(GANRT_INVALID_DATA, "checksum mismatch");
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_zip_read(const ganrt_zip *zip,
                              const ganrt_zip_entry *entry, void *buffer) {
  return ganrt_status_annotate(read_entry(zip, entry, buffer), "entry '%s'",
                               ganrt_quote(entry->name).text);
}
