/*===- trainer.h - the command line of a compiled game --------------------===*/
#ifndef GANRT_TRAINER_H
#define GANRT_TRAINER_H

#include "ganrt/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the trainer of a game as a whole program: reads the command line, trains,
 * prints to stdout and stderr. Returns the exit code; a signal that ended
 * training ends the process. See --help of any trainer. */
int ganrt_train_main(const ganrt_artefact *artefact, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_TRAINER_H */
