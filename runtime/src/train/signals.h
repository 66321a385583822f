/*===- signals.h - stopping when asked to -----------------------------------===
 *
 * The first SIGINT, SIGTERM, SIGUSR1 or SIGHUP sets a flag that training polls
 * at its boundaries; a second one within five seconds ends the process at once,
 * which is safe, as every checkpoint is whole or absent. SIGPIPE is ignored.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_SIGNALS_H
#define RUNTIME_SRC_TRAIN_SIGNALS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Puts the handlers in place and forgets earlier signals. Main thread. */
void ganrt_signals_install(void);

/* The first signal that came, or 0. Any thread. */
int ganrt_signals_pending(void);

/* From now on a crash prints the build and the step, which is read when it
 * happens, before it ends the process as usual. Both must stay. */
void ganrt_signals_on_crash(const char *build, const uint64_t *step);

/* "SIGTERM" and so on. */
const char *ganrt_signals_name(int signal);

/* Gives the signal its default meaning back and sends it to ourselves, so the
 * parent sees what ended us. Does not return for signals that end a process. */
void ganrt_signals_raise(int signal);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_SIGNALS_H */
