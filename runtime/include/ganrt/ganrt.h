/*===- ganrt.h - everything an embedding program may use ------------------===*/
#ifndef GANRT_GANRT_H
#define GANRT_GANRT_H

#include "ganrt/abi.h"
#include "ganrt/allocator.h"
#include "ganrt/cpu.h"
#include "ganrt/model.h"
#include "ganrt/pool.h"
#include "ganrt/program.h"
#include "ganrt/random.h"
#include "ganrt/status.h"
#include "ganrt/tensor.h"

#endif /* GANRT_GANRT_H */
