/*===- run_directory.c - the folder a training run lives in ---------------===*/
#include "runtime/src/train/run_directory.h"

#include "runtime/src/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { number_digits = 5, max_number = 99999 };

ganrt_status_t ganrt_path_join(const char *path, const char *name,
                               char out[GANRT_PATH_MAX]) {
  size_t length = strlen(path);
  const char *slash = length && path[length - 1] == '/' ? "" : "/";
  int size = snprintf(out, GANRT_PATH_MAX, "%s%s%s", path, slash, name);
  if (size < 0 || size >= GANRT_PATH_MAX)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "the path '%s' is too long",
                             ganrt_quote(path).text);
  return GANRT_STATUS_OK;
}

void ganrt_path_stem(const char *path, char *out, size_t capacity) {
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/')
    --end;
  size_t begin = end;
  while (begin > 0 && path[begin - 1] != '/')
    --begin;
  const char *dot = NULL;
  for (size_t i = begin + 1; i < end && !dot; ++i)
    if (path[i] == '.')
      dot = path + i;
  size_t length = dot ? (size_t)(dot - path) - begin : end - begin;
  if (length >= capacity)
    length = capacity - 1;
  memcpy(out, path + begin, length);
  out[length] = 0;
}

/* Keeps what is usual in the names of folders. */
static void clean(char *name) {
  for (; *name; ++name)
    if (!(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z') &&
        !(*name >= '0' && *name <= '9') && !strchr("._-+", *name))
      *name = '_';
}

/* The number in front of a run's name, or -1. */
static long number_of(const char *name) {
  for (int i = 0; i < number_digits; ++i)
    if (name[i] < '0' || name[i] > '9')
      return -1;
  return name[number_digits] == '-' ? strtol(name, NULL, 10) : -1;
}

/* Calls for each run in `outdir`: the highest number, and the name of the
 * highest of `game`, or of all games if that is NULL. */
static ganrt_status_t scan(const char *outdir, const char *game, long *highest,
                           char *newest, size_t capacity) {
  *highest = -1;
  newest[0] = 0;
  DIR *folder = opendir(outdir);
  if (!folder)
    return errno == ENOENT
               ? GANRT_STATUS_OK
               : ganrt_status_from_errno(errno, "cannot read the folder '%s'",
                                         ganrt_quote(outdir).text);
  size_t game_length = game ? strlen(game) : 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    const char *name = entry->d_name;
    long number = number_of(name);
    if (number <= *highest)
      continue;
    const char *rest = name + number_digits + 1;
    if (game && (strncmp(rest, game, game_length) != 0 ||
                 (rest[game_length] != '-' && rest[game_length] != 0)))
      continue;
    *highest = number;
    snprintf(newest, capacity, "%s", name);
  }
  closedir(folder);
  return GANRT_STATUS_OK;
}

static ganrt_status_t make_folders(const char *path) {
  char part[GANRT_PATH_MAX];
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof part)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "the output folder has no valid name");
  for (size_t i = 1; i <= length; ++i) {
    if (path[i] != '/' && path[i] != 0)
      continue;
    memcpy(part, path, i);
    part[i] = 0;
    if (mkdir(part, 0777) != 0 && errno != EEXIST && errno != EISDIR)
      return ganrt_status_from_errno(errno, "cannot make the folder '%s'",
                                     ganrt_quote(part).text);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t lock(ganrt_run_directory *run) {
  run->lock = open(run->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (run->lock < 0)
    return ganrt_status_from_errno(errno, "cannot open the run '%s'",
                                   ganrt_quote(run->path).text);
  if (flock(run->lock, LOCK_EX | LOCK_NB) != 0) {
    int error = errno;
    ganrt_run_directory_close(run);
    if (error == EWOULDBLOCK)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "another trainer is working in '%s'",
                               ganrt_quote(run->path).text);
    return ganrt_status_from_errno(error, "cannot lock the run '%s'",
                                   ganrt_quote(run->path).text);
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_run_directory_create(const char *outdir, const char *game,
                                          const char *dataset, uint32_t batch,
                                          const char *description,
                                          ganrt_run_directory *run) {
  char rest[160], name[200], newest[256], batch_part[16] = "";
  run->lock = -1;
  if (batch)
    snprintf(batch_part, sizeof batch_part, "-b%u", batch);
  int size = snprintf(rest, sizeof rest, "%.60s%s%.40s%s%s%.30s", game,
                      *dataset ? "-" : "", dataset, batch_part,
                      *description ? "-" : "", description);
  if (size < 0)
    return ganrt_status_make(GANRT_INTERNAL, "cannot name the run");
  clean(rest);
  GANRT_RETURN_IF_ERROR(make_folders(outdir));
  long number;
  GANRT_RETURN_IF_ERROR(scan(outdir, NULL, &number, newest, sizeof newest));
  while (++number <= max_number) {
    snprintf(name, sizeof name, "%05ld-%s", number, rest);
    GANRT_RETURN_IF_ERROR(ganrt_path_join(outdir, name, run->path));
    if (mkdir(run->path, 0777) == 0)
      return lock(run);
    if (errno != EEXIST)
      return ganrt_status_from_errno(errno, "cannot make the folder '%s'",
                                     ganrt_quote(run->path).text);
  }
  return ganrt_status_make(GANRT_LIMIT, "'%s' holds the last possible run, %d",
                           ganrt_quote(outdir).text, max_number);
}

ganrt_status_t ganrt_run_directory_open(const char *path,
                                        ganrt_run_directory *run) {
  run->lock = -1;
  int size = snprintf(run->path, sizeof run->path, "%s", path);
  while (size > 1 && size < GANRT_PATH_MAX && run->path[size - 1] == '/')
    run->path[--size] = 0;
  if (size < 0 || size >= GANRT_PATH_MAX)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "the path '%s' is too long",
                             ganrt_quote(path).text);
  return lock(run);
}

void ganrt_run_directory_close(ganrt_run_directory *run) {
  if (run->lock >= 0)
    close(run->lock);
  run->lock = -1;
}

ganrt_status_t ganrt_run_directory_write(const ganrt_run_directory *run,
                                         const char *name, ganrt_text *text) {
  char path[GANRT_PATH_MAX];
  ganrt_piece piece = {text->data, text->length};
  ganrt_status_t status = ganrt_text_status(text);
  if (!status)
    status = ganrt_path_join(run->path, name, path);
  if (!status)
    status = ganrt_file_write(path, &piece, 1);
  ganrt_text_destroy(text);
  return status;
}

ganrt_status_t ganrt_run_directory_newest(const char *outdir, const char *game,
                                          char out[GANRT_PATH_MAX]) {
  char name[256], cleaned[61];
  long number;
  out[0] = 0;
  snprintf(cleaned, sizeof cleaned, "%.60s", game);
  clean(cleaned);
  GANRT_RETURN_IF_ERROR(scan(outdir, cleaned, &number, name, sizeof name));
  return name[0] ? ganrt_path_join(outdir, name, out) : GANRT_STATUS_OK;
}
