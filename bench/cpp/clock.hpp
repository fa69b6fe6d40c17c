// Time: of the clock that all processes share, and of the processor.
#ifndef BENCH_CLOCK_HPP_
#define BENCH_CLOCK_HPP_

#include <cstdint>

namespace bench {

// CLOCK_MONOTONIC in nanoseconds.
std::int64_t now();

// Keeps the processor busy for `nanoseconds`.
void busy_wait(std::int64_t nanoseconds);

// User and system seconds of this process so far.
double cpu_seconds();

// When the messages of a steady stream are due. rate: per second, 0 for at once.
class Schedule {
 public:
  explicit Schedule(std::uint64_t rate);
  // Sleeps until message `number` is due; does not when it is late already.
  void wait(std::uint64_t number) const;

 private:
  std::uint64_t rate_;
  std::int64_t start_;
};

}  // namespace bench

#endif  // BENCH_CLOCK_HPP_
