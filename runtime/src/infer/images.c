/*===- images.c - images out of a network, and into it --------------------===*/
#include "runtime/src/infer/images.h"

#include "runtime/src/formats/png.h"
#include "runtime/src/image.h"
#include "runtime/src/infer/screen.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef unsigned long long ull;

/* A grid is at most this large, like those of a training run. */
enum { GRID_WIDTH = 7680, GRID_HEIGHT = 4320 };

/* How an argument of the network is an image. */
typedef struct picture {
  uint32_t index;
  uint32_t channels, height, width;
  uint64_t values; /* of one image */
  const ganrt_tensor_info *info;
} picture;

static bool as_picture(ganrt_model_argument argument, uint32_t index,
                       picture *out) {
  const ganrt_tensor_info *info = argument.info;
  if (info->dtype != GANRT_F32 || info->rank != 4 || info->shape[1] < 1 ||
      info->shape[1] > 4 || info->shape[2] < 1 || info->shape[3] < 1 ||
      !(argument.is_batched || info->shape[0] == 1))
    return false;
  *out = (picture){index,
                   (uint32_t)info->shape[1],
                   (uint32_t)info->shape[2],
                   (uint32_t)info->shape[3],
                   argument.row_bytes / sizeof(float),
                   info};
  return true;
}

static bool find_output(const ganrt_model *model, picture *out) {
  for (uint32_t i = 0; i < ganrt_model_output_count(model); ++i)
    if (as_picture(ganrt_model_output(model, i), i, out))
      return true;
  return false;
}

bool ganrt_images_are_made(const ganrt_model *model) {
  picture ignored;
  return find_output(model, &ignored);
}

static ganrt_status_t no_picture(const char *what) {
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "the network has no %s that is an image of 1 ... 4 "
                           "channels; see --model-info",
                           what);
}

ganrt_status_t ganrt_images_make_folder(const char *path) {
  ganrt_text text = {0};
  ganrt_text_append(&text, "%s", path);
  ganrt_status_t status = ganrt_text_status(&text);
  for (uint64_t i = 1; !status && i <= text.length; ++i) {
    if (text.data[i] != '/' && i < text.length)
      continue;
    text.data[i] = 0;
    struct stat info;
    if (mkdir(text.data, 0777) != 0 &&
        !(stat(text.data, &info) == 0 && S_ISDIR(info.st_mode)))
      status = ganrt_status_from_errno(errno, "cannot make the folder '%s'",
                                       ganrt_quote(text.data).text);
    if (i < text.length)
      text.data[i] = '/';
  }
  ganrt_text_destroy(&text);
  return status;
}

/* Writes one image of values to folder/name, or to name without a folder. */
static ganrt_status_t write_picture(const picture *p, const float *values,
                                    const char *folder, const char *name) {
  ganrt_image image;
  GANRT_RETURN_IF_ERROR(
      ganrt_image_create(NULL, p->width, p->height, p->channels, &image));
  ganrt_image_put(&image, 0, 0, values, p->height, p->width,
                  ganrt_pixel_range_make(p->info->low, p->info->high));
  ganrt_text path = {0};
  ganrt_text_append(&path, folder ? "%s/%s" : "%s%s", folder ? folder : "",
                    name);
  ganrt_status_t status = ganrt_text_status(&path);
  if (!status)
    status = ganrt_png_write(path.data, &image);
  ganrt_text_destroy(&path);
  ganrt_image_destroy(&image);
  return status;
}

/*===- Seeds ----------------------------------------------------------------===*/

/* The images of a run of --seeds and what has to be said about them. */
typedef struct gallery {
  picture picture;
  ganrt_image grid;
  uint64_t cells;
  uint32_t columns;
  ganrt_status_t first_failure; /* of the looks at images */
  uint64_t failures;
} gallery;

static ganrt_status_t open_grid(gallery *g, uint64_t count) {
  uint32_t most_columns = GRID_WIDTH / g->picture.width;
  uint32_t most_rows = GRID_HEIGHT / g->picture.height;
  uint32_t columns = ganrt_grid_columns(count);
  if (columns > most_columns)
    columns = most_columns ? most_columns : 1;
  uint64_t rows = (count + columns - 1) / columns;
  if (rows > most_rows)
    rows = most_rows ? most_rows : 1;
  g->columns = columns;
  g->cells = rows * columns < count ? rows * columns : count;
  return ganrt_image_create(NULL, columns * g->picture.width,
                            (uint32_t)rows * g->picture.height,
                            g->picture.channels, &g->grid);
}

static ganrt_status_t add_image(gallery *g, uint64_t index, uint64_t seed,
                                const float *values, const char *folder) {
  const picture *p = &g->picture;
  ganrt_status_t look = ganrt_screen_image(values, p->values);
  if (look && g->failures++ == 0)
    g->first_failure =
        ganrt_status_annotate(look, "the image of seed %llu", (ull)seed);
  else
    ganrt_status_free(look);
  if (index < g->cells)
    ganrt_image_put(&g->grid, (uint32_t)(index % g->columns) * p->width,
                    (uint32_t)(index / g->columns) * p->height, values,
                    p->height, p->width,
                    ganrt_pixel_range_make(p->info->low, p->info->high));
  char name[40];
  snprintf(name, sizeof(name), "seed%04llu.png", (ull)seed);
  return write_picture(p, values, folder, name);
}

static ganrt_status_t add_images(gallery *g, ganrt_model *model,
                                 const ganrt_inputs *inputs,
                                 const ganrt_seeds *seeds, const char *folder) {
  uint64_t batch = ganrt_model_batch(model) ? ganrt_model_batch(model) : 1;
  for (uint64_t first = 0; first < seeds->count; first += batch) {
    uint64_t rows = seeds->count - first < batch ? seeds->count - first : batch;
    ganrt_outputs outputs;
    GANRT_RETURN_IF_ERROR(
        ganrt_inputs_run(inputs, model, seeds, first, rows, &outputs));
    ganrt_status_t status = GANRT_STATUS_OK;
    const float *values = outputs.items[g->picture.index].data;
    for (uint64_t i = 0; i < rows && !status; ++i)
      status = add_image(g, first + i, seeds->items[first + i],
                         values + i * g->picture.values, folder);
    ganrt_outputs_destroy(&outputs);
    GANRT_RETURN_IF_ERROR(status);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t write_grid(const gallery *g, const char *folder) {
  ganrt_text path = {0};
  ganrt_text_append(&path, "%s/grid.png", folder);
  ganrt_status_t status = ganrt_text_status(&path);
  if (!status)
    status = ganrt_png_write(path.data, &g->grid);
  ganrt_text_destroy(&path);
  return status;
}

ganrt_status_t ganrt_images_of_seeds(ganrt_model *model,
                                     const ganrt_inputs *inputs,
                                     const ganrt_seeds *seeds,
                                     const char *folder, ganrt_text *notes) {
  gallery g = {0};
  if (!find_output(model, &g.picture))
    return no_picture("output");
  GANRT_RETURN_IF_ERROR(open_grid(&g, seeds->count));
  ganrt_status_t status = add_images(&g, model, inputs, seeds, folder);
  if (!status)
    status = write_grid(&g, folder);
  ganrt_image_destroy(&g.grid);
  if (g.cells < seeds->count)
    ganrt_text_append(notes, "grid.png holds the first %llu of %llu images\n",
                      (ull)g.cells, (ull)seeds->count);
  if (status || !g.first_failure) {
    ganrt_status_free(g.first_failure);
    return status;
  }
  return ganrt_status_annotate(g.first_failure, "%llu of %llu images are none",
                               (ull)g.failures, (ull)seeds->count);
}

/*===- Files ----------------------------------------------------------------===*/

typedef struct names {
  char **items;
  uint64_t count, capacity;
} names;

static void destroy_names(names *list) {
  for (uint64_t i = 0; i < list->count; ++i)
    free(list->items[i]);
  ganrt_release(NULL, list->items, list->capacity, sizeof(char *));
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool ends_with_png(const char *name) {
  size_t length = strlen(name);
  return length > 4 && strcmp(name + length - 4, ".png") == 0;
}

static ganrt_status_t add_name(names *list, const char *name) {
  if (list->count == list->capacity) {
    uint64_t capacity = list->capacity ? list->capacity * 2 : 64;
    void *items = list->items;
    GANRT_RETURN_IF_ERROR(ganrt_reallocate(NULL, list->capacity, capacity,
                                           sizeof(char *), &items));
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count] = strdup(name);
  if (!list->items[list->count])
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  ++list->count;
  return GANRT_STATUS_OK;
}

/* The PNG files of a folder, in order of their names. */
static ganrt_status_t list_folder(const char *path, names *list) {
  DIR *folder = opendir(path);
  if (!folder)
    return ganrt_status_from_errno(errno, "cannot open '%s'",
                                   ganrt_quote(path).text);
  ganrt_status_t status = GANRT_STATUS_OK;
  const struct dirent *entry;
  while (!status && (entry = readdir(folder)))
    if (entry->d_name[0] != '.' && ends_with_png(entry->d_name))
      status = add_name(list, entry->d_name);
  closedir(folder);
  if (!status && list->count == 0)
    status = ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "there is no PNG file in '%s'",
                               ganrt_quote(path).text);
  if (!status)
    qsort(list->items, list->count, sizeof(char *), compare_names);
  return status;
}

/* Pixels as the network wants them: a grey image may stand for RGB. */
static ganrt_status_t read_picture(const picture *p, const char *path,
                                   float *values) {
  ganrt_image image;
  GANRT_RETURN_IF_ERROR(ganrt_png_read(NULL, path, &image));
  bool spread = image.channels == 1 && p->channels == 3;
  ganrt_status_t status = GANRT_STATUS_OK;
  if (image.width != p->width || image.height != p->height ||
      (image.channels != p->channels && !spread))
    status = ganrt_status_make(
        GANRT_INVALID_DATA,
        "'%s': expected %u x %u pixels of %u channels, got %u x %u of %u",
        ganrt_quote(path).text, p->width, p->height, p->channels, image.width,
        image.height, image.channels);
  double low = p->info->low, high = p->info->high;
  if (!(low < high)) {
    low = -1;
    high = 1;
  }
  uint64_t pixels = (uint64_t)p->width * p->height;
  for (uint32_t c = 0; !status && c < p->channels; ++c)
    for (uint64_t i = 0; i < pixels; ++i) {
      uint8_t pixel = image.pixels[i * image.channels + (spread ? 0 : c)];
      *values++ = (float)(low + pixel * ((high - low) / 255));
    }
  ganrt_image_destroy(&image);
  return status;
}

/* One file through the network. */
static ganrt_status_t convert(ganrt_model *model, ganrt_inputs *inputs,
                              const picture *in, const picture *out,
                              const char *from, const char *to) {
  int64_t shape[4] = {1, in->channels, in->height, in->width};
  ganrt_tensor tensor;
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(NULL, GANRT_F32, 4, shape, &tensor));
  ganrt_status_t status = read_picture(in, from, tensor.data);
  if (status) {
    ganrt_tensor_destroy(&tensor);
    return status;
  }
  ganrt_tensor_destroy(&inputs->given[in->index]);
  GANRT_RETURN_IF_ERROR(ganrt_inputs_set(inputs, in->index, tensor));
  ganrt_outputs outputs;
  GANRT_RETURN_IF_ERROR(ganrt_inputs_run(inputs, model, NULL, 0, 1, &outputs));
  const float *values = outputs.items[out->index].data;
  status = write_picture(out, values, NULL, to);
  if (!status)
    status = ganrt_status_annotate(ganrt_screen_image(values, out->values),
                                   "'%s'", ganrt_quote(to).text);
  ganrt_outputs_destroy(&outputs);
  return status;
}

static ganrt_status_t convert_folder(ganrt_model *model, ganrt_inputs *inputs,
                                     const picture *in, const picture *out,
                                     const char *from, const char *to) {
  names list = {0};
  ganrt_status_t status = list_folder(from, &list);
  if (!status)
    status = ganrt_images_make_folder(to);
  for (uint64_t i = 0; i < list.count && !status; ++i) {
    ganrt_text source = {0}, target = {0};
    ganrt_text_append(&source, "%s/%s", from, list.items[i]);
    ganrt_text_append(&target, "%s/%s", to, list.items[i]);
    status = ganrt_text_status(source.failed ? &source : &target);
    if (!status)
      status = convert(model, inputs, in, out, source.data, target.data);
    ganrt_text_destroy(&source);
    ganrt_text_destroy(&target);
  }
  destroy_names(&list);
  return status;
}

ganrt_status_t ganrt_images_of_files(ganrt_model *model, ganrt_inputs *inputs,
                                     const char *from, const char *to) {
  picture in, out;
  bool found = false;
  for (uint32_t i = 0; i < ganrt_model_input_count(model) && !found; ++i)
    found = as_picture(ganrt_model_input(model, i), i, &in);
  if (!found)
    return no_picture("input");
  if (!find_output(model, &out))
    return no_picture("output");
  return is_folder(from) ? convert_folder(model, inputs, &in, &out, from, to)
                         : convert(model, inputs, &in, &out, from, to);
}
