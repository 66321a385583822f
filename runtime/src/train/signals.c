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
}

int ganrt_signals_pending(void) {
  return pending;
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
