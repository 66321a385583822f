/*===- infer_main.c - main of programs that run a network -----------------===*/
#include "ganrt/artefact.h"
#include "runtime/src/infer/infer.h"

int main(int argc, char **argv) {
  return ganrt_infer_main(&ganrt_artefact_root, argc, (const char *const *)argv,
                          stdout, stderr);
}
