// Waiting as lock-free peers do. PAUSE after each empty look leaves the cache line to the other side (a
// consumer that lags a little finds several records at once); the processor is offered to others now and
// then, for machines that have few.
#ifndef BENCH_SPIN_HPP_
#define BENCH_SPIN_HPP_

#include <sched.h>

#include <cstdint>

#include "failure.hpp"

namespace bench {

inline void pause_cpu() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

std::int64_t now();

// Calls attempt() until it returns true. Failure when half a minute did not help: the other side is gone.
template <class Attempt>
inline void until(Attempt attempt) {
  std::int64_t give_up = 0;
  for (std::uint32_t tries = 1; !attempt(); ++tries) {
    pause_cpu();
    if (tries % 1024 == 0) sched_yield();
    if (tries % (1u << 20) == 0) {
      if (give_up == 0) give_up = now() + 30000000000;
      if (now() > give_up) throw Failure("nothing moved for 30 s: the other side is gone or stuck");
    }
  }
}

}  // namespace bench

#endif  // BENCH_SPIN_HPP_
