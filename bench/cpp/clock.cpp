#include "clock.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <ctime>

#include "spin.hpp"

namespace bench {

namespace {
constexpr std::int64_t kSecond = 1000000000;
double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}
}  // namespace

std::int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kSecond + t.tv_nsec;
}

void busy_wait(std::int64_t nanoseconds) {
  const std::int64_t end = now() + nanoseconds;
  while (now() < end) pause_cpu();
}

double cpu_seconds() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Schedule::Schedule(std::uint64_t rate) : rate_(rate), start_(now()) {}

void Schedule::wait(std::uint64_t number) const {
  if (rate_ == 0) return;
  const std::int64_t due =
      start_ + static_cast<std::int64_t>(static_cast<double>(number) * 1e9 / static_cast<double>(rate_));
  if (now() >= due) return;
  timespec t;
  t.tv_sec = due / kSecond;
  t.tv_nsec = due % kSecond;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr) == EINTR) {
  }
}

}  // namespace bench
