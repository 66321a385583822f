/*===- dataset_images.c - folders and archives of PNG -----------------------===
 *
 *  1. List the names of all PNG and sort them; nothing is decoded yet.
 *  2. The first image fixes size and channels, hence all memory.
 *  3. Decode each into its place, channels first.
 *  4. Labels by name from dataset.json, if there is one; else, if every image
 *     lies in a folder, these are the classes, in the order of their names.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/dataset_images.h"

#include "runtime/src/file.h"
#include "runtime/src/formats/png.h"
#include "runtime/src/formats/zip.h"
#include "runtime/src/json.h"
#include "runtime/src/text.h"
#include "runtime/src/train/run_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { max_depth = 16, max_images = 10000000, max_file_bytes = 1 << 28 };

/* The files of a data set, in a folder or an archive. */
typedef struct image_files {
  const char *path;
  ganrt_zip *zip; /* NULL: a folder */
  char **names;   /* of images, sorted; relative to the root */
  size_t count;
  size_t capacity;
  size_t other_count; /* files that are no PNG */
  const ganrt_dataset_limits *limits;
} image_files;

static void destroy_files(image_files *files) {
  for (size_t i = 0; i < files->count; ++i)
    free(files->names[i]);
  free(files->names);
  ganrt_zip_close(files->zip);
}

static bool is_png(const char *name) {
  size_t length = strlen(name);
  return length > 4 && strcasecmp(name + length - 4, ".png") == 0;
}

static ganrt_status_t add_name(image_files *files, const char *name) {
  if (!is_png(name)) {
    ++files->other_count;
    return GANRT_STATUS_OK;
  }
  if (files->count == max_images)
    return ganrt_status_make(GANRT_LIMIT, "'%s' has more than %d images",
                             ganrt_quote(files->path).text, max_images);
  if (files->count == files->capacity) {
    size_t capacity = files->capacity ? 2 * files->capacity : 1024;
    char **names = realloc(files->names, capacity * sizeof *names);
    if (!names)
      return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
    files->names = names;
    files->capacity = capacity;
  }
  files->names[files->count] = strdup(name);
  if (!files->names[files->count])
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  ++files->count;
  return GANRT_STATUS_OK;
}

static ganrt_status_t stopped(const image_files *files) {
  return ganrt_status_make(GANRT_INVALID_ARGUMENT, "stopped while reading '%s'",
                           ganrt_quote(files->path).text);
}

static bool links_to_folder(int folder, const char *name) {
  struct stat info;
  return fstatat(folder, name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

/* Adds all files below the folder `descriptor`, which this closes; `relative` is
 * its name below the root, with a slash behind unless it is empty. */
static ganrt_status_t scan(image_files *files, int descriptor,
                           const char *relative, int depth) {
  ganrt_status_t status = GANRT_STATUS_OK;
  DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
  if (!folder) {
    status = ganrt_status_from_errno(errno, "cannot read the folder '%s/%s'",
                                     ganrt_quote(files->path).text,
                                     ganrt_quote(relative).text);
    if (descriptor >= 0)
      close(descriptor);
    return status;
  }
  for (struct dirent *entry; !status && (entry = readdir(folder));) {
    if (files->limits->should_stop && files->limits->should_stop(0, 0)) {
      status = stopped(files);
      break;
    }
    char name[GANRT_PATH_MAX];
    struct stat info;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    int length =
        snprintf(name, sizeof name - 1, "%s%s", relative, entry->d_name);
    if (length < 0 || length >= GANRT_PATH_MAX - 1 || depth == max_depth)
      status =
          ganrt_status_make(GANRT_LIMIT, "folders in '%s' are nested too deep",
                            ganrt_quote(files->path).text);
    else if (fstatat(descriptor, entry->d_name, &info, AT_SYMLINK_NOFOLLOW))
      status = ganrt_status_from_errno(errno, "cannot look at '%s'",
                                       ganrt_quote(name).text);
    else if (S_ISLNK(info.st_mode) &&
             (is_png(name) || links_to_folder(descriptor, entry->d_name)))
      status = ganrt_status_make(
          GANRT_UNSUPPORTED,
          "'%s' is a symbolic link; copy what it points to into the data set",
          ganrt_quote(name).text);
    else if (S_ISDIR(info.st_mode)) {
      int below = openat(descriptor, entry->d_name,
                         O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      name[length] = '/';
      name[length + 1] = 0;
      status = scan(files, below, name, depth + 1);
    } else if (S_ISREG(info.st_mode))
      status = add_name(files, name);
  }
  closedir(folder);
  return status;
}

static int compare_names(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The bytes of the file `name`; no data and no failure if it isn't there. */
static ganrt_status_t read_file(const image_files *files, const char *name,
                                uint64_t limit, ganrt_bytes *out) {
  char path[GANRT_PATH_MAX];
  memset(out, 0, sizeof *out);
  if (!files->zip) {
    GANRT_RETURN_IF_ERROR(ganrt_path_join(files->path, name, path));
    return access(path, F_OK) == 0 ? ganrt_file_read(NULL, path, limit, out)
                                   : GANRT_STATUS_OK;
  }
  const ganrt_zip_entry *entry = ganrt_zip_find(files->zip, name);
  if (!entry)
    return GANRT_STATUS_OK;
  if (entry->bytes > limit)
    return ganrt_status_make(GANRT_LIMIT, "'%s' has more than %llu bytes",
                             ganrt_quote(name).text, (unsigned long long)limit);
  GANRT_RETURN_IF_ERROR(ganrt_bytes_create(NULL, entry->bytes, out));
  ganrt_status_t status = ganrt_zip_read(files->zip, entry, out->data);
  if (status)
    ganrt_bytes_destroy(out);
  return status;
}

/* Takes memory for all images, as many as there are names, of the first's
 * size. */
static ganrt_status_t create_samples(const image_files *files,
                                     const ganrt_image *first,
                                     const ganrt_dataset_limits *limits,
                                     ganrt_tensor *samples) {
  int64_t shape[4] = {(int64_t)files->count, first->channels, first->height,
                      first->width};
  uint64_t bytes;
  if (!ganrt_multiply(ganrt_image_bytes(first), files->count, &bytes) ||
      bytes > limits->max_bytes)
    return ganrt_status_make(
        GANRT_LIMIT,
        "%zu images of %lldx%lldx%lld take more than --max-dataset-bytes=%llu",
        files->count, (long long)shape[1], (long long)shape[2],
        (long long)shape[3], (unsigned long long)limits->max_bytes);
  return ganrt_tensor_create(NULL, GANRT_U8, 4, shape, samples);
}

/* H x W x C to C x H x W. */
static ganrt_status_t place_image(const ganrt_image *image, size_t index,
                                  ganrt_tensor *samples) {
  const int64_t *shape = samples->shape;
  if (image->channels != shape[1] || image->height != shape[2] ||
      image->width != shape[3])
    return ganrt_status_make(
        GANRT_INVALID_DATA,
        "expected %lldx%lldx%lld like the first image, got %ux%ux%u",
        (long long)shape[1], (long long)shape[2], (long long)shape[3],
        image->channels, image->height, image->width);
  size_t channels = (size_t)shape[1], pixels = (size_t)(shape[2] * shape[3]);
  uint8_t *out = (uint8_t *)samples->data + index * channels * pixels;
  const uint8_t *in = image->pixels;
  for (size_t c = 0; c < channels; ++c)
    for (size_t i = 0; i < pixels; ++i)
      out[c * pixels + i] = in[i * channels + c];
  return GANRT_STATUS_OK;
}

static ganrt_status_t load_image(const image_files *files, size_t index,
                                 const ganrt_dataset_limits *limits,
                                 ganrt_tensor *samples) {
  ganrt_bytes bytes;
  ganrt_image image;
  GANRT_RETURN_IF_ERROR(
      read_file(files, files->names[index], max_file_bytes, &bytes));
  if (!bytes.data)
    return ganrt_status_make(GANRT_NOT_FOUND, "the file has gone");
  ganrt_status_t status =
      ganrt_png_decode(NULL, bytes.data, bytes.size, &image);
  ganrt_bytes_destroy(&bytes);
  GANRT_RETURN_IF_ERROR(status);
  if (!samples->data)
    status = create_samples(files, &image, limits, samples);
  if (!status)
    status = place_image(&image, index, samples);
  ganrt_image_destroy(&image);
  return status;
}

/* One element of "labels": ["name", 6]. */
static ganrt_status_t read_label(const image_files *files,
                                 const ganrt_json *element, int32_t *labels) {
  const ganrt_json *name = element->first;
  const ganrt_json *label = name ? name->next : NULL;
  if (element->kind != GANRT_JSON_ARRAY || !label ||
      name->kind != GANRT_JSON_STRING || label->kind != GANRT_JSON_NUMBER)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected labels of the form [\"name\", number]");
  if (!label->is_integer || label->integer < 0 || label->integer > INT32_MAX)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected a class number for '%s', got %g",
                             ganrt_quote(name->string).text, label->number);
  const char *key = name->string;
  char **found =
      bsearch(&key, files->names, files->count, sizeof(char *), compare_names);
  if (!found)
    return ganrt_status_make(GANRT_INVALID_DATA, "there is no image '%s'",
                             ganrt_quote(name->string).text);
  labels[found - files->names] = (int32_t)label->integer;
  return GANRT_STATUS_OK;
}

static ganrt_status_t read_labels(const image_files *files,
                                  const ganrt_json *root,
                                  ganrt_tensor *labels) {
  const ganrt_json *list = ganrt_json_find(root, "labels");
  if (!list || list->kind == GANRT_JSON_NULL)
    return GANRT_STATUS_OK;
  if (list->kind != GANRT_JSON_ARRAY)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected an array as labels, got %s",
                             ganrt_json_kind_name(list->kind));
  int64_t shape[1] = {(int64_t)files->count};
  GANRT_RETURN_IF_ERROR(ganrt_tensor_create(NULL, GANRT_I32, 1, shape, labels));
  int32_t *values = labels->data;
  for (size_t i = 0; i < files->count; ++i)
    values[i] = -1;
  for (const ganrt_json *element = list->first; element;
       element = element->next)
    GANRT_RETURN_IF_ERROR(read_label(files, element, values));
  for (size_t i = 0; i < files->count; ++i)
    if (values[i] < 0)
      return ganrt_status_make(GANRT_INVALID_DATA, "'%s' has no label",
                               ganrt_quote(files->names[i]).text);
  return GANRT_STATUS_OK;
}

/* The length of the first folder in the name of an image; 0: it lies in none. */
static size_t folder_length(const char *name) {
  const char *slash = strchr(name, '/');
  return slash ? (size_t)(slash - name) : 0;
}

static int compare_folders(const void *left, const void *right) {
  const char *a = *(char *const *)left, *b = *(char *const *)right;
  size_t a_length = folder_length(a), b_length = folder_length(b);
  int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
  return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* The names are sorted, so those of one folder follow each other. */
static ganrt_status_t label_by_folder(const image_files *files,
                                      ganrt_tensor *labels) {
  int64_t shape[1] = {(int64_t)files->count};
  size_t classes = 0;
  for (size_t i = 0; i < files->count; ++i)
    if (!folder_length(files->names[i]))
      return GANRT_STATUS_OK;
  char **folders = malloc(files->count * sizeof *folders);
  if (!folders)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (size_t i = 0; i < files->count; ++i)
    if (!i || compare_folders(&files->names[i], &files->names[i - 1]) != 0)
      folders[classes++] = files->names[i];
  qsort(folders, classes, sizeof *folders, compare_folders);
  ganrt_status_t status =
      ganrt_tensor_create(NULL, GANRT_I32, 1, shape, labels);
  for (size_t i = 0; !status && i < files->count; ++i) {
    char **found = bsearch(&files->names[i], folders, classes, sizeof *folders,
                           compare_folders);
    ((int32_t *)labels->data)[i] = (int32_t)(found - folders);
  }
  free(folders);
  return status;
}

static ganrt_status_t load_labels(const image_files *files,
                                  ganrt_tensor *labels) {
  static const ganrt_json_limits limits = {1 << 30, 8, 100000000};
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(read_file(files, "dataset.json", limits.bytes, &bytes));
  if (!bytes.data)
    return label_by_folder(files, labels);
  ganrt_json_document *document = NULL;
  ganrt_status_t status = ganrt_json_parse(NULL, (const char *)bytes.data,
                                           bytes.size, limits, &document);
  if (!status)
    status = read_labels(files, ganrt_json_root(document), labels);
  ganrt_json_destroy(document);
  ganrt_bytes_destroy(&bytes);
  return ganrt_status_annotate(status, "dataset.json");
}

static ganrt_status_t load(image_files *files, ganrt_dataset *dataset) {
  const ganrt_dataset_limits *limits = files->limits;
  if (!files->count)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "expected PNG images in '%s', got none (%zu other files)",
        ganrt_quote(files->path).text, files->other_count);
  qsort(files->names, files->count, sizeof *files->names, compare_names);
  for (size_t i = 0; i < files->count; ++i) {
    if (limits->should_stop && limits->should_stop(i, files->count))
      return stopped(files);
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        load_image(files, i, limits, &dataset->samples), "'%s' in '%s'",
        ganrt_quote(files->names[i]).text, ganrt_quote(files->path).text));
  }
  return ganrt_status_annotate(load_labels(files, &dataset->labels), "'%s'",
                               ganrt_quote(files->path).text);
}

ganrt_status_t ganrt_images_load_folder(const char *path,
                                        const ganrt_dataset_limits *limits,
                                        ganrt_dataset *dataset) {
  image_files files = {.path = path, .limits = limits};
  ganrt_status_t status =
      scan(&files, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "", 0);
  if (!status)
    status = load(&files, dataset);
  destroy_files(&files);
  return status;
}

ganrt_status_t ganrt_images_load_zip(const char *path,
                                     const ganrt_dataset_limits *limits,
                                     ganrt_dataset *dataset) {
  image_files files = {.path = path, .limits = limits};
  ganrt_status_t status = ganrt_zip_open(path, limits->max_bytes, &files.zip);
  if (!status)
    for (size_t i = 0; !status && i < ganrt_zip_entry_count(files.zip); ++i)
      status = add_name(&files, ganrt_zip_entry_at(files.zip, i)->name);
  if (!status)
    status = load(&files, dataset);
  destroy_files(&files);
  return status;
}
