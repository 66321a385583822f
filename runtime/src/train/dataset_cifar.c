/*===- dataset_cifar.c - the binary form of CIFAR-10 ----------------------===*/
#include "runtime/src/train/dataset_cifar.h"

#include "runtime/src/file.h"
#include "runtime/src/text.h"
#include "runtime/src/train/run_directory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { image_bytes = 3 * 32 * 32, record_bytes = 1 + image_bytes, most = 99 };

/* The path of file `number`; false if it isn't there. */
static bool find(const char *path, int number, char out[GANRT_PATH_MAX]) {
  char name[32];
  snprintf(name, sizeof name, "data_batch_%d.bin", number);
  return !ganrt_status_ignore(ganrt_path_join(path, name, out)) &&
         access(out, F_OK) == 0;
}

bool ganrt_cifar_is(const char *path) {
  char file[GANRT_PATH_MAX];
  return find(path, 1, file);
}

/* Counts records by the sizes of the files. */
static ganrt_status_t count_records(const char *path, uint64_t *count) {
  char file[GANRT_PATH_MAX];
  *count = 0;
  for (int i = 1; i <= most && find(path, i, file); ++i) {
    int descriptor;
    uint64_t size;
    GANRT_RETURN_IF_ERROR(ganrt_file_open(file, &descriptor, &size));
    close(descriptor);
    if (size % record_bytes)
      return ganrt_status_make(
          GANRT_INVALID_DATA,
          "'%s': expected records of %d bytes, got %llu bytes",
          ganrt_quote(file).text, record_bytes, (unsigned long long)size);
    *count += size / record_bytes;
  }
  return GANRT_STATUS_OK;
}

/* Takes over one file's records; as many as there still is room for. */
static ganrt_status_t read_records(const char *file, uint64_t *next,
                                   ganrt_dataset *dataset) {
  uint64_t room = (uint64_t)dataset->samples.shape[0] - *next;
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(
      ganrt_file_read(NULL, file, room * record_bytes, &bytes));
  for (uint64_t at = 0; at + record_bytes <= bytes.size; at += record_bytes) {
    ((int32_t *)dataset->labels.data)[*next] = bytes.data[at];
    memcpy((uint8_t *)dataset->samples.data + *next * image_bytes,
           bytes.data + at + 1, image_bytes);
    ++*next;
  }
  ganrt_bytes_destroy(&bytes);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_cifar_load(const char *path,
                                const ganrt_dataset_limits *limits,
                                ganrt_dataset *dataset) {
  char file[GANRT_PATH_MAX];
  uint64_t count, next = 0;
  GANRT_RETURN_IF_ERROR(count_records(path, &count));
  if (count > limits->max_bytes / record_bytes)
    return ganrt_status_make(
        GANRT_LIMIT, "'%s' has more than --max-dataset-bytes=%llu",
        ganrt_quote(path).text, (unsigned long long)limits->max_bytes);
  int64_t shape[4] = {(int64_t)count, 3, 32, 32};
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(NULL, GANRT_U8, 4, shape, &dataset->samples));
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(NULL, GANRT_I32, 1, shape, &dataset->labels));
  for (int i = 1; i <= most && find(path, i, file); ++i)
    GANRT_RETURN_IF_ERROR(read_records(file, &next, dataset));
  if (next != count)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "'%s' changed while it was read",
                             ganrt_quote(path).text);
  return GANRT_STATUS_OK;
}
