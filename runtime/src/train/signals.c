/*===- signals.c - stopping when asked to ---------------------------------===*/
#include "runtime/src/train/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
  int number;
  const char *name;
} stop_signals[] = {
    {SIGINT, "SIGINT"},
    {SIGTERM, "SIGTERM"},
    {SIGUSR1, "SIGUSR1"},
    {SIGHUP, "SIGHUP"},
};

enum {
  stop_signal_count = sizeof stop_signals / sizeof stop_signals[0],
  impatience_seconds = 5
};

static volatile sig_atomic_t pending;
static volatile time_t pending_since; /* written before `pending` is set */

/* Calls only what POSIX allows in a handler. */
static void handle(int signal) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (pending && now.tv_sec - pending_since <= impatience_seconds)
    _exit(128 + signal);
  pending_since = now.tv_sec;
  if (!pending)
    pending = signal;
}

void ganrt_signals_install(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < stop_signal_count; ++i)
    sigaddset(&action.sa_mask, stop_signals[i].number);
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  pending = 0;
  for (size_t i = 0; i < stop_signal_count; ++i)
    sigaction(stop_signals[i].number, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
  sigaction(SIGXFSZ, &action, NULL); /* a write past the limit just fails */
}

int ganrt_signals_pending(void) {
  return pending;
}

static const char *crash_build;
static const uint64_t *crash_step;

static void write_words(const char *words) {
  if (write(STDERR_FILENO, words, strlen(words)) < 0)
    return; /* there is nobody left to tell */
}

/* The default action, which SA_RESETHAND has put back, follows the return. */
static void handle_crash(int signal) {
  char digits[24];
  char *at = digits + sizeof digits - 1;
  uint64_t step = *crash_step;
  *at = 0;
  do
    *--at = (char)('0' + step % 10);
  while (step /= 10);
  write_words(signal == SIGBUS ? "crashed with SIGBUS in step "
                               : "crashed with SIGSEGV in step ");
  write_words(at);
  write_words(", build ");
  write_words(crash_build);
  write_words("\n");
}

void ganrt_signals_on_crash(const char *build, const uint64_t *step) {
  struct sigaction action;
  crash_build = build;
  crash_step = step;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = handle_crash;
  action.sa_flags = (int)SA_RESETHAND;
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

const char *ganrt_signals_name(int signal) {
  for (size_t i = 0; i < stop_signal_count; ++i)
    if (stop_signals[i].number == signal)
      return stop_signals[i].name;
  return "a signal";
}

void ganrt_signals_raise(int number) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = SIG_DFL;
  sigaction(number, &action, NULL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  raise(number);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}
