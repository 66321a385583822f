/*===- journal.c - files that only grow -----------------------------------===*/
#include "runtime/src/train/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { max_waiting = 1 << 20 };

ganrt_status_t ganrt_journal_open(const char *path, ganrt_journal *journal) {
  memset(journal, 0, sizeof *journal);
  do
    journal->descriptor =
        open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  while (journal->descriptor < 0 && errno == EINTR);
  if (journal->descriptor < 0)
    return ganrt_status_from_errno(errno, "cannot write '%s'",
                                   ganrt_quote(path).text);
  return GANRT_STATUS_OK;
}

void ganrt_journal_close(ganrt_journal *journal) {
  if (journal->descriptor >= 0)
    close(journal->descriptor);
  journal->descriptor = -1;
  ganrt_text_destroy(&journal->waiting);
}

/* Writes as much as goes; 0 or an error number. */
static int write_waiting(ganrt_journal *journal) {
  ganrt_text *waiting = &journal->waiting;
  uint64_t done = 0;
  int error = 0;
  while (!error && done < waiting->length) {
    ssize_t written = write(journal->descriptor, waiting->data + done,
                            waiting->length - done);
    if (written > 0)
      done += (uint64_t)written;
    else if (written == 0 || errno != EINTR)
      error = written == 0 ? EIO : errno;
  }
  if (done)
    memmove(waiting->data, waiting->data + done, waiting->length - done);
  waiting->length -= done;
  return error;
}

ganrt_status_t ganrt_journal_add(ganrt_journal *journal, const char *line) {
  if (journal->descriptor < 0)
    return GANRT_STATUS_OK;
  if (journal->waiting.length + strlen(line) < max_waiting)
    ganrt_text_append(&journal->waiting, "%s\n", line);
  journal->waiting.failed = false; /* a line lost to short memory */
  int error = write_waiting(journal);
  bool was_failing = journal->is_failing;
  journal->is_failing = error != 0;
  if (error && !was_failing)
    return ganrt_status_from_errno(error, "cannot append");
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_journal_cut(ganrt_journal *journal, uint64_t bytes) {
  journal->waiting.length = 0;
  if (ftruncate(journal->descriptor, (off_t)bytes) != 0)
    return ganrt_status_from_errno(errno, "cannot cut");
  return GANRT_STATUS_OK;
}
