// Waiting on systems without a futex that works between processes: look again after a growing pause.
#ifndef SHMBUF_WAIT_POLL_HPP_
#define SHMBUF_WAIT_POLL_HPP_

#include "shmbuf/config.hpp"

#if !defined(SHMBUF_OS_LINUX)

#include <chrono>
#include <cstdint>
#include <thread>

#include "shmbuf/atomic.hpp"
#include "shmbuf/slept.hpp"

namespace shmbuf {
namespace detail {

inline bool process_barrier_ready() noexcept { return false; }
inline void process_barrier() noexcept { full_fence(); }
inline bool peer_barrier_ready() noexcept { return false; }
inline bool peer_barrier() noexcept { return false; }

// Sleeps 50 µs doubling to 1 ms with `round`, within `nanoseconds`.
inline Slept sleep_on(std::uint32_t*, std::uint32_t, std::int64_t nanoseconds, unsigned round) noexcept {
  std::int64_t pause = 50000ll << (round < 5 ? round : 5);
  if (pause > 1000000) pause = 1000000;
  if (pause > nanoseconds) pause = nanoseconds;
  std::this_thread::sleep_for(std::chrono::nanoseconds(pause));
  return Slept::time_over;
}

inline void wake_all(std::uint32_t*) noexcept {}

// Nothing tells a sleeper that its peer is gone: it has to look.
class PeerWatch {
 public:
  bool arm(int, std::uint32_t*) noexcept { return false; }
  void disarm() noexcept {}
  std::uint32_t take_alarm() noexcept { return 0; }
};

}  // namespace detail
}  // namespace shmbuf

#endif  // !defined(SHMBUF_OS_LINUX)

#endif  // SHMBUF_WAIT_POLL_HPP_
