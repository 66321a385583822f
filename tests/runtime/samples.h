/*===- samples.h - hand-written artefacts for tests -----------------------===*/
#ifndef TESTS_RUNTIME_SAMPLES_H
#define TESTS_RUNTIME_SAMPLES_H

#include "ganrt/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A generator: z of 4 numbers to a 1x2x2 image in [-1, 1], in plans for 1 and 4
 * images. image = clamp(z * scale + bias); the bias is derived from a constant.
 */
extern const ganrt_artefact sample_generator;
extern const float sample_generator_scale[4], sample_generator_bias[4];

/* A game with a repeat, a condition and an average; see sample_game.c. */
extern const ganrt_artefact sample_game;

enum {
  SAMPLE_STATE_W = 0,     /* f32[5], normal */
  SAMPLE_STATE_V = 64,    /* f32[3], uniform */
  SAMPLE_STATE_MEAN = 128 /* f32[5], a copy of w */
};

#ifdef __cplusplus
}
#endif

#endif /* TESTS_RUNTIME_SAMPLES_H */
