/*===- sample_program.c - the sample generator as a program of its own -----===
 *===----------------------------------------------------------------------===*/
#define sample_generator ganrt_artefact_root
#include "tests/runtime/sample_generator.c" // NOLINT(bugprone-suspicious-include)
