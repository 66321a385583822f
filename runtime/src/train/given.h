/*===- given.h - draws that come from files ---------------------------------===
 *
 * --given=NAME=@FILE.npy gives all draws called NAME, one after another along
 * the first axis. --given=FILE.safetensors gives every draw of which the file
 * has a tensor of the draw's name, used in the same way, or tensors named as
 * --record names them, used in their order.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_GIVEN_H
#define RUNTIME_SRC_TRAIN_GIVEN_H

#include "ganrt/abi.h"
#include "runtime/src/train/options.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_given ganrt_given;

/* Reads all files of --given and checks them against the game's draws. */
GANRT_MUST_USE ganrt_status_t
ganrt_given_open(const ganrt_train_options *options, ganrt_given **out);
void ganrt_given_close(ganrt_given *given);

/* Whether this draw is given. */
bool ganrt_given_has(const ganrt_given *given, uint32_t draw);

/* Whether there is enough for so many steps, as far as that is known before
 * them: of draws that every step makes outside of loops and choices. */
GANRT_MUST_USE ganrt_status_t ganrt_given_check(const ganrt_given *given,
                                                uint64_t steps);

/* The next values of a draw that is given; fails when there are no more. */
GANRT_MUST_USE ganrt_status_t ganrt_given_next(ganrt_given *given,
                                               uint32_t draw, void *values);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_GIVEN_H */
