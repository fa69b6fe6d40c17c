// The cheapest clock of the processor, for timing single round trips: reading it takes 10 ns on machines
// where CLOCK_MONOTONIC takes 25 ns, a fifth of what is timed. Ticks become nanoseconds through the ratio
// of both clocks over the whole run.
#ifndef BENCH_TICKS_HPP_
#define BENCH_TICKS_HPP_

#include <cstdint>

#include "clock.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace bench {

inline std::uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();  // constant rate on every x86-64 processor of the last fifteen years
#elif defined(__aarch64__)
  std::uint64_t value;
  asm volatile("mrs %0, cntvct_el0" : "=r"(value));
  return value;
#else
  return static_cast<std::uint64_t>(now());
#endif
}

}  // namespace bench

#endif  // BENCH_TICKS_HPP_
