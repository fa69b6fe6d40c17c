// Waiting as lock-free peers do: look, PAUSE, look again; the processor is offered to others now and then,
// for machines that have few.
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

// PAUSE instructions after a look that found nothing. One answers soonest, for round trips and flags. A
// side of a stream that stays away longer, some microseconds, finds many records at once instead of
// fetching the line of every record from the other processor. Measured with the peers of this program at
// 100 ns core to core, 64-byte records: 16 M/s after 1 PAUSE, 21 M/s after 16, 28 M/s after 64, 35 to 42
// M/s after 256, no more after 1024.
enum class Patience : std::uint32_t { trip = 1, stream = 256 };

// Calls attempt() until it returns true. Failure when half a minute did not help: the other side is gone.
template <class Attempt>
inline void until(Patience patience, Attempt attempt) {
  std::int64_t give_up = 0;
  const std::uint32_t step = static_cast<std::uint32_t>(patience);
  for (std::uint32_t pauses = step; !attempt(); pauses += step) {
    for (std::uint32_t i = 0; i < step; ++i) pause_cpu();
    if (pauses % 1024 == 0) sched_yield();
    if (pauses % (1u << 20) == 0) {
      if (give_up == 0) give_up = now() + 30000000000;
      if (now() > give_up) throw Failure("nothing moved for 30 s: the other side is gone or stuck");
    }
  }
}

}  // namespace bench

#endif  // BENCH_SPIN_HPP_
