/*===- train_main.c - the main function of training programs --------------===*/
#include "ganrt/artefact.h"
#include "ganrt/trainer.h"

int main(int argc, char **argv) {
  return ganrt_train_main(&ganrt_artefact_root, argc, argv);
}
