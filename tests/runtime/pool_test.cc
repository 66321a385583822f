//===- pool_test.cc - threads that share the chunks of a call -------------===//
#include "ganrt/pool.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {
struct Pool {
  explicit Pool(uint32_t threads) {
    ganrt_status_t status = ganrt_pool_create(nullptr, threads, &pool);
    EXPECT_EQ(status, nullptr) << ganrt_status_message(status);
  }
  ~Pool() { ganrt_pool_destroy(pool); }
  operator ganrt_pool *() { return pool; }
  ganrt_pool *pool = nullptr;
};

// Each chunk once, plain memory: a missing happens-before shows up under TSan.
struct Count {
  std::vector<int> runs;
  std::vector<std::atomic<int>> *active;
};
void countTask(void *context, uint32_t chunk, uint32_t worker) {
  auto *count = static_cast<Count *>(context);
  EXPECT_EQ((*count->active)[worker].fetch_add(1), 0);
  ++count->runs[chunk];
  (*count->active)[worker].fetch_sub(1);
}
} // namespace

TEST(Pool, RunsEachChunkOnce) {
  for (uint32_t threads : {1, 2, 3, 4, 9}) {
    Pool pool(threads);
    EXPECT_EQ(ganrt_pool_threads(pool), threads);
    std::vector<std::atomic<int>> active(threads);
    for (uint32_t chunks : {0, 1, 2, 3, 64, 1000}) {
      Count count{std::vector<int>(chunks), &active};
      ganrt_pool_run(pool, chunks, countTask, &count);
      for (int runs : count.runs)
        ASSERT_EQ(runs, 1);
    }
  }
}

// Back to back: late workers of one run meet the next.
TEST(Pool, ManyShortRuns) {
  Pool pool(4);
  std::vector<std::atomic<int>> active(4);
  for (int round = 0; round < 20000; ++round) {
    uint32_t chunks = 2 + round % 7;
    Count count{std::vector<int>(chunks), &active};
    ganrt_pool_run(pool, chunks, countTask, &count);
    for (int runs : count.runs)
      ASSERT_EQ(runs, 1);
  }
}

// Long pauses: workers park and are woken.
TEST(Pool, WakesParkedWorkers) {
  Pool pool(3);
  std::vector<std::atomic<int>> active(3);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    Count count{std::vector<int>(8), &active};
    ganrt_pool_run(pool, 8, countTask, &count);
    for (int runs : count.runs)
      ASSERT_EQ(runs, 1);
  }
}

TEST(Pool, ParkedWorkersTakePart) {
  Pool pool(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  // Two chunks that wait for each other: only two threads can finish them.
  std::atomic<int> arrived{0};
  ganrt_pool_run(
      pool, 2,
      [](void *context, uint32_t, uint32_t) {
        auto *count = static_cast<std::atomic<int> *>(context);
        count->fetch_add(1);
        while (count->load() < 2)
          std::this_thread::yield();
      },
      &arrived);
  EXPECT_EQ(arrived, 2);
}

// Two programs may share a pool: the second works alone for the time being.
TEST(Pool, SeveralCallers) {
  Pool pool(3);
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i)
    callers.emplace_back([&] {
      std::vector<std::atomic<int>> active(3);
      for (int round = 0; round < 2000; ++round) {
        Count count{std::vector<int>(5), &active};
        ganrt_pool_run(pool, 5, countTask, &count);
        for (int runs : count.runs)
          ASSERT_EQ(runs, 1);
      }
    });
  for (std::thread &caller : callers)
    caller.join();
}

TEST(Pool, WorkersBlockSignals) {
  Pool pool(2);
  std::atomic<int> arrived{0}, blocked{0};
  struct Both {
    std::atomic<int> *arrived, *blocked;
  } both{&arrived, &blocked};
  ganrt_pool_run(
      pool, 2,
      [](void *context, uint32_t, uint32_t worker) {
        auto *state = static_cast<Both *>(context);
        sigset_t mask;
        pthread_sigmask(SIG_SETMASK, nullptr, &mask);
        if (worker != 0)
          *state->blocked = sigismember(&mask, SIGINT);
        state->arrived->fetch_add(1);
        while (state->arrived->load() < 2)
          std::this_thread::yield();
      },
      &both);
  EXPECT_EQ(blocked, 1);
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGINT), 0);
}

TEST(Pool, NullIsTheCallerAlone) {
  std::vector<std::atomic<int>> active(1);
  Count count{std::vector<int>(5), &active};
  EXPECT_EQ(ganrt_pool_threads(nullptr), 1u);
  ganrt_pool_run(nullptr, 5, countTask, &count);
  EXPECT_EQ(count.runs, std::vector<int>(5, 1));
}

TEST(Pool, ThreadCounts) {
  Pool pool(0);
  EXPECT_EQ(ganrt_pool_threads(pool), ganrt_processor_count());
  ganrt_pool *none;
  ganrt_status_t status = ganrt_pool_create(nullptr, 5000, &none);
  EXPECT_STREQ(ganrt_status_message(status),
               "expected at most 4096 threads, got 5000");
  ganrt_status_free(status);
}
