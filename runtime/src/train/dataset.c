/*===- dataset.c - what a stream of data is read from ---------------------===*/
#include "runtime/src/train/dataset.h"

#include "runtime/src/file.h"
#include "runtime/src/formats/idx.h"
#include "runtime/src/formats/npy.h"
#include "runtime/src/text.h"
#include "runtime/src/train/dataset_cifar.h"
#include "runtime/src/train/dataset_images.h"
#include "runtime/src/train/run_directory.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char images_mark[] = "images-idx3-ubyte";
static const char labels_mark[] = "labels-idx1-ubyte";

void ganrt_dataset_destroy(ganrt_dataset *dataset) {
  ganrt_tensor_destroy(&dataset->samples);
  ganrt_tensor_destroy(&dataset->labels);
  memset(dataset, 0, sizeof *dataset);
}

/* Gives images of one channel, N x H x W, the axis of channels. */
static void add_channel_axis(ganrt_tensor *images) {
  if (images->rank != 3)
    return;
  images->rank = 4;
  images->shape[3] = images->shape[2];
  images->shape[2] = images->shape[1];
  images->shape[1] = 1;
}

static ganrt_status_t use_labels(const ganrt_tensor *bytes,
                                 ganrt_dataset *dataset) {
  if (bytes->rank != 1 || bytes->shape[0] != dataset->samples.shape[0])
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected one label for each of %lld images",
                             (long long)dataset->samples.shape[0]);
  return ganrt_tensor_convert(NULL, bytes, GANRT_I32, &dataset->labels);
}

/* The labels that belong to the file of images at `path`, if they are there:
 * the same name with the other mark, gzipped or not. */
static ganrt_status_t load_idx_labels(const char *path,
                                      const ganrt_dataset_limits *limits,
                                      ganrt_dataset *dataset) {
  char name[GANRT_PATH_MAX];
  const char *mark = NULL;
  for (const char *at = path; (at = strstr(at, images_mark)); ++at)
    mark = at;
  if (!mark || strchr(mark, '/') || strlen(path) + 4 >= sizeof name)
    return GANRT_STATUS_OK;
  int length = snprintf(name, sizeof name, "%.*s%s", (int)(mark - path), path,
                        labels_mark);
  for (int i = 0; i < 2; ++i) {
    snprintf(name + length, sizeof name - (size_t)length, "%s", i ? "" : ".gz");
    if (access(name, F_OK) != 0)
      continue;
    ganrt_tensor bytes;
    GANRT_RETURN_IF_ERROR(
        ganrt_idx_read(NULL, name, limits->max_bytes, &bytes));
    ganrt_status_t status = use_labels(&bytes, dataset);
    ganrt_tensor_destroy(&bytes);
    return ganrt_status_annotate(status, "'%s'", ganrt_quote(name).text);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t load_idx(const char *path,
                               const ganrt_dataset_limits *limits,
                               ganrt_dataset *dataset) {
  GANRT_RETURN_IF_ERROR(
      ganrt_idx_read(NULL, path, limits->max_bytes, &dataset->samples));
  add_channel_axis(&dataset->samples);
  return load_idx_labels(path, limits, dataset);
}

/* One bad number in the data would spoil the parameters in its first step. */
static ganrt_status_t check_finite(const ganrt_tensor *samples) {
  if (samples->dtype != GANRT_F32 || samples->shape[0] == 0)
    return GANRT_STATUS_OK;
  const float *values = samples->data;
  uint64_t count = samples->bytes / sizeof *values;
  uint64_t elements = count / (uint64_t)samples->shape[0];
  for (uint64_t i = 0; i < count; ++i)
    if (!isfinite(values[i]))
      return ganrt_status_make(
          GANRT_INVALID_DATA, "expected finite numbers, got %f in sample %llu",
          (double)values[i], (unsigned long long)(i / elements));
  return GANRT_STATUS_OK;
}

static ganrt_status_t load_npy(const char *path,
                               const ganrt_dataset_limits *limits,
                               ganrt_dataset *dataset) {
  struct stat info;
  if (stat(path, &info) == 0 && (uint64_t)info.st_size > limits->max_bytes)
    return ganrt_status_make(
        GANRT_LIMIT, "'%s' has more than --max-dataset-bytes=%llu",
        ganrt_quote(path).text, (unsigned long long)limits->max_bytes);
  GANRT_RETURN_IF_ERROR(ganrt_npy_read(NULL, path, &dataset->samples));
  if (dataset->samples.dtype == GANRT_U8)
    add_channel_axis(&dataset->samples);
  if (dataset->samples.rank == 0)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "'%s' holds a single number, not samples",
                             ganrt_quote(path).text);
  return ganrt_status_annotate(check_finite(&dataset->samples), "'%s'",
                               ganrt_quote(path).text);
}

/* The file of training images in a folder of idx files: train-images…, else the
 * only one there is. Empty if there is none. */
static ganrt_status_t find_idx(const char *path, char out[GANRT_PATH_MAX]) {
  char name[256] = "";
  out[0] = 0;
  DIR *folder = opendir(path);
  if (!folder)
    return ganrt_status_from_errno(errno, "cannot read the folder '%s'",
                                   ganrt_quote(path).text);
  unsigned count = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    const char *mark = strstr(entry->d_name, images_mark);
    const char *rest = mark ? mark + sizeof images_mark - 1 : NULL;
    if (!mark || (*rest && strcmp(rest, ".gz") != 0))
      continue;
    bool is_train = strncmp(entry->d_name, "train", 5) == 0;
    bool was_train = strncmp(name, "train", 5) == 0;
    count += !is_train;
    if (is_train || !was_train)
      snprintf(name, sizeof name, "%s", entry->d_name);
  }
  closedir(folder);
  if (strncmp(name, "train", 5) != 0 && count > 1)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "'%s' holds %u files of images and none is called train-%s; name the "
        "file itself",
        ganrt_quote(path).text, count, images_mark);
  return name[0] ? ganrt_path_join(path, name, out) : GANRT_STATUS_OK;
}

static ganrt_status_t load_file(const char *path,
                                const ganrt_dataset_limits *limits,
                                ganrt_dataset *dataset) {
  uint8_t magic[8] = {0};
  int descriptor;
  uint64_t size;
  GANRT_RETURN_IF_ERROR(ganrt_file_open(path, &descriptor, &size));
  ganrt_status_t status = ganrt_descriptor_read(
      descriptor, path, 0, magic, size < sizeof magic ? size : sizeof magic);
  close(descriptor);
  GANRT_RETURN_IF_ERROR(status);
  if (memcmp(magic, "\x93NUMPY", 6) == 0)
    return load_npy(path, limits, dataset);
  if (memcmp(magic, "PK\3\4", 4) == 0 || memcmp(magic, "PK\5\6", 4) == 0)
    return ganrt_images_load_zip(path, limits, dataset);
  if (memcmp(magic, "\x1f\x8b", 2) == 0 || memcmp(magic, "\0\0\x08", 3) == 0)
    return load_idx(path, limits, dataset);
  return ganrt_status_make(
      GANRT_UNSUPPORTED,
      "'%s' is not data: expected a folder or zip of PNG, idx, idx.gz or npy",
      ganrt_quote(path).text);
}

static ganrt_status_t load_folder(const char *path,
                                  const ganrt_dataset_limits *limits,
                                  ganrt_dataset *dataset) {
  char file[GANRT_PATH_MAX];
  if (ganrt_cifar_is(path))
    return ganrt_cifar_load(path, limits, dataset);
  GANRT_RETURN_IF_ERROR(find_idx(path, file));
  return file[0] ? load_idx(file, limits, dataset)
                 : ganrt_images_load_folder(path, limits, dataset);
}

static ganrt_status_t fingerprint(ganrt_dataset *dataset) {
  const ganrt_tensor *tensors[] = {&dataset->samples, &dataset->labels};
  ganrt_xxh3 *hash;
  GANRT_RETURN_IF_ERROR(ganrt_xxh3_begin(&hash));
  for (unsigned i = 0; i < 2; ++i) {
    if (!tensors[i]->data)
      continue;
    char shape[400];
    ganrt_shape_format(tensors[i]->dtype, tensors[i]->rank, tensors[i]->shape,
                       shape, sizeof shape);
    ganrt_xxh3_add(hash, shape, strlen(shape) + 1);
    ganrt_xxh3_add(hash, tensors[i]->data, tensors[i]->bytes);
  }
  ganrt_xxh3_end(hash, dataset->fingerprint);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_dataset_load(const char *path,
                                  const ganrt_dataset_limits *limits,
                                  ganrt_dataset *out) {
  struct stat info;
  memset(out, 0, sizeof *out);
  if (stat(path, &info) != 0)
    return ganrt_status_from_errno(errno, "cannot open the data '%s'",
                                   ganrt_quote(path).text);
  ganrt_status_t status = S_ISDIR(info.st_mode) ? load_folder(path, limits, out)
                                                : load_file(path, limits, out);
  if (!status)
    status = fingerprint(out);
  if (status)
    ganrt_dataset_destroy(out);
  return status;
}
