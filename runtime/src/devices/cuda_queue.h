/*===- cuda_queue.h - what waits for CUDA, launched as a graph --------------===
 *
 * Commands are kept until somebody waits. A row of commands that comes a second
 * time, as the step of a trainer does, is captured as a CUDA graph, and from
 * then on launched at once. What is written from staging memory may be other
 * bytes each time; the graph knows only where they lie.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_DEVICES_CUDA_QUEUE_H
#define RUNTIME_SRC_DEVICES_CUDA_QUEUE_H

#include "runtime/src/devices/cuda_api.h"
#include "runtime/src/devices/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A launch, or a copy where there is no function. All bytes of it are compared,
 * so it begins as zeros. */
typedef struct ganrt_cuda_command {
  CUfunction function;
  uint32_t grid[3], group[3];
  uint64_t shared_bytes;
  uint64_t first_argument, argument_count; /* among the addresses */
  const void *from_host;                   /* or NULL: from the device */
  CUdeviceptr from, to;
  uint64_t bytes;
} ganrt_cuda_command;

typedef struct ganrt_cuda_work {
  ganrt_cuda_command *commands;
  uint32_t count, capacity;
  CUdeviceptr *addresses; /* arguments of launches */
  uint32_t address_count, address_capacity;
} ganrt_cuda_work;

enum {
  GANRT_CUDA_MOST_ARGUMENTS = 256, /* of a launch */
  GANRT_CUDA_GRAPHS = 8,
  GANRT_CUDA_GRAPH_LEAST = 16 /* fewer commands are not worth one */
};

typedef struct ganrt_cuda_queue {
  const ganrt_library *library; /* for sentences */
  const ganrt_cuda_functions *cu;
  CUstream stream;
  ganrt_cuda_work waiting;
  /* What was enqueued before; the one that was used least recently goes. */
  struct {
    ganrt_cuda_work work;
    CUgraphExec graph; /* NULL: it has come once */
    uint64_t used;
  } known[GANRT_CUDA_GRAPHS];
  uint64_t time;
} ganrt_cuda_queue;

/* `command` as of a launch; its arguments are copied. */
GANRT_MUST_USE ganrt_status_t
ganrt_cuda_queue_launch(ganrt_cuda_queue *queue, ganrt_cuda_command command,
                        const CUdeviceptr *arguments);
/* A command that copies. */
GANRT_MUST_USE ganrt_status_t ganrt_cuda_queue_copy(ganrt_cuda_queue *queue,
                                                    ganrt_cuda_command command);
/* Gives all that waits to the stream. */
GANRT_MUST_USE ganrt_status_t ganrt_cuda_queue_flush(ganrt_cuda_queue *queue);
/* Forgets what waits, and frees. The stream is idle, its context current. */
void ganrt_cuda_queue_destroy(ganrt_cuda_queue *queue);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICES_CUDA_QUEUE_H */
