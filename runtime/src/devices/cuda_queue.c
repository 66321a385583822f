/*===- cuda_queue.c - what waits for CUDA, launched as a graph --------------===
 *
 * A step is hundreds of launches, each of which costs the host as much as a
 * small kernel takes; a graph costs one. The instructions of a step may differ
 * from time to time (`every`, `when`), hence a few graphs, found by comparing
 * all that is enqueued.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/devices/cuda_queue.h"

#include "ganrt/allocator.h"

#include <string.h>

static ganrt_status_t check(const ganrt_cuda_queue *q, CUresult result,
                            const char *call) {
  return result == GANRT_CUDA_SUCCESS
             ? GANRT_STATUS_OK
             : ganrt_library_failed(q->library, call, result);
}

static ganrt_status_t append(ganrt_cuda_work *w, ganrt_cuda_command command,
                             const CUdeviceptr *arguments) {
  void *items = w->commands;
  GANRT_RETURN_IF_ERROR(
      ganrt_grow(&items, w->count, &w->capacity, sizeof *w->commands));
  w->commands = items;
  command.first_argument = w->address_count;
  for (uint64_t i = 0; i < command.argument_count; ++i) {
    items = w->addresses;
    GANRT_RETURN_IF_ERROR(ganrt_grow(
        &items, w->address_count, &w->address_capacity, sizeof *w->addresses));
    w->addresses = items;
    w->addresses[w->address_count++] = arguments[i];
  }
  w->commands[w->count++] = command;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_cuda_queue_launch(ganrt_cuda_queue *q,
                                       ganrt_cuda_command command,
                                       const CUdeviceptr *arguments) {
  return append(&q->waiting, command, arguments);
}

ganrt_status_t ganrt_cuda_queue_copy(ganrt_cuda_queue *q,
                                     ganrt_cuda_command command) {
  return append(&q->waiting, command, NULL);
}

/*===- Giving to the stream -------------------------------------------------===*/

static ganrt_status_t give(const ganrt_cuda_queue *q, const ganrt_cuda_work *w,
                           const ganrt_cuda_command *c) {
  const ganrt_cuda_functions *cu = q->cu;
  if (c->function) {
    void *parameters[GANRT_CUDA_MOST_ARGUMENTS];
    for (uint64_t i = 0; i < c->argument_count; ++i)
      parameters[i] = &w->addresses[c->first_argument + i];
    return check(q,
                 cu->cuLaunchKernel(c->function, c->grid[0], c->grid[1],
                                    c->grid[2], c->group[0], c->group[1],
                                    c->group[2], (unsigned)c->shared_bytes,
                                    q->stream, parameters, NULL),
                 "cuLaunchKernel");
  }
  if (c->from_host)
    return check(
        q, cu->cuMemcpyHtoDAsync_v2(c->to, c->from_host, c->bytes, q->stream),
        "cuMemcpyHtoDAsync");
  return check(q, cu->cuMemcpyDtoDAsync_v2(c->to, c->from, c->bytes, q->stream),
               "cuMemcpyDtoDAsync");
}

static ganrt_status_t give_all(const ganrt_cuda_queue *q,
                               const ganrt_cuda_work *w) {
  for (uint32_t i = 0; i < w->count; ++i)
    GANRT_RETURN_IF_ERROR(give(q, w, &w->commands[i]));
  return GANRT_STATUS_OK;
}

static ganrt_status_t capture(const ganrt_cuda_queue *q,
                              const ganrt_cuda_work *w, CUgraphExec *out) {
  const ganrt_cuda_functions *cu = q->cu;
  GANRT_RETURN_IF_ERROR(
      check(q,
            cu->cuStreamBeginCapture_v2(
                q->stream, GANRT_CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
            "cuStreamBeginCapture"));
  ganrt_status_t status = give_all(q, w);
  CUgraph graph = NULL;
  CUresult ended = cu->cuStreamEndCapture(q->stream, &graph);
  if (!status)
    status = check(q, ended, "cuStreamEndCapture");
  if (!status)
    status = check(q, cu->cuGraphInstantiateWithFlags(out, graph, 0),
                   "cuGraphInstantiate");
  if (graph)
    cu->cuGraphDestroy(graph);
  return status;
}

/*===- What is known --------------------------------------------------------===*/

static bool is_same(const ganrt_cuda_work *a, const ganrt_cuda_work *b) {
  return a->count == b->count && a->address_count == b->address_count &&
         memcmp(a->commands, b->commands, a->count * sizeof *a->commands) ==
             0 &&
         (a->address_count == 0 ||
          memcmp(a->addresses, b->addresses,
                 a->address_count * sizeof *a->addresses) == 0);
}

static void free_work(ganrt_cuda_work *w) {
  ganrt_release(NULL, w->commands, w->capacity, sizeof *w->commands);
  ganrt_release(NULL, w->addresses, w->address_capacity, sizeof *w->addresses);
  *w = (ganrt_cuda_work){0};
}

static void forget(ganrt_cuda_queue *q, int i) {
  free_work(&q->known[i].work);
  if (q->known[i].graph)
    q->cu->cuGraphExecDestroy(q->known[i].graph);
  q->known[i].graph = NULL;
}

static ganrt_status_t flush(ganrt_cuda_queue *q) {
  ganrt_cuda_work *w = &q->waiting;
  if (w->count < GANRT_CUDA_GRAPH_LEAST)
    return give_all(q, w);
  int oldest = 0;
  for (int i = 0; i < GANRT_CUDA_GRAPHS; ++i) {
    if (q->known[i].used < q->known[oldest].used)
      oldest = i;
    if (!is_same(&q->known[i].work, w))
      continue;
    q->known[i].used = ++q->time;
    if (!q->known[i].graph)
      GANRT_RETURN_IF_ERROR(capture(q, w, &q->known[i].graph));
    return check(q, q->cu->cuGraphLaunch(q->known[i].graph, q->stream),
                 "cuGraphLaunch");
  }
  forget(q, oldest);
  q->known[oldest].used = ++q->time;
  q->known[oldest].work = *w;
  *w = (ganrt_cuda_work){0};
  return give_all(q, &q->known[oldest].work);
}

ganrt_status_t ganrt_cuda_queue_flush(ganrt_cuda_queue *q) {
  ganrt_status_t status = flush(q);
  q->waiting.count = q->waiting.address_count = 0;
  return status;
}

void ganrt_cuda_queue_destroy(ganrt_cuda_queue *q) {
  free_work(&q->waiting);
  for (int i = 0; i < GANRT_CUDA_GRAPHS; ++i)
    forget(q, i);
}
