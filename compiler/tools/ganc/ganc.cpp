//===- ganc.cpp - the compiler --------------------------------------------===//

#include "compiler/driver/Options.h"

int main(int argc, char **argv) { return gan::runGanc(argc, argv); }
