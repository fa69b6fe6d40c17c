// Sleeping and waking on Linux: futex words in shared memory, and process-wide memory barriers.
#ifndef SHMBUF_WAIT_LINUX_HPP_
#define SHMBUF_WAIT_LINUX_HPP_

#include "shmbuf/config.hpp"

#if defined(SHMBUF_OS_LINUX)

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

#include "shmbuf/atomic.hpp"
#include "shmbuf/slept.hpp"

namespace shmbuf {
namespace detail {

// Values of <linux/membarrier.h>, which older distributions do not ship.
constexpr int kMembarrierGlobalExpedited = 1 << 1;
constexpr int kMembarrierRegisterGlobalExpedited = 1 << 2;
constexpr int kMembarrierPrivateExpedited = 1 << 3;
constexpr int kMembarrierRegisterPrivateExpedited = 1 << 4;

inline bool membarrier(int command) noexcept {
#if defined(SYS_membarrier)
  return ::syscall(SYS_membarrier, command, 0, 0) == 0;
#else
  (void)command;
  return false;
#endif
}

// Whether threads of this process may leave their barrier to whoever calls process_barrier().
inline bool process_barrier_ready() noexcept {
  static const bool ready = membarrier(kMembarrierRegisterPrivateExpedited);
  return ready;
}
inline void process_barrier() noexcept {
  if (!membarrier(kMembarrierPrivateExpedited)) full_fence();
}

// Whether this process has registered for peer_barrier(), i.e. may set the BARRIER capability.
inline bool peer_barrier_ready() noexcept {
  static const bool ready = membarrier(kMembarrierRegisterGlobalExpedited);
  return ready;
}
// Makes every registered process execute a full fence. False when the kernel refuses.
inline bool peer_barrier() noexcept { return membarrier(kMembarrierGlobalExpedited); }

// futex(2); `time` is a struct timespec of the kernel, or null for no limit.
inline long futex(std::uint32_t* word, int operation, std::uint32_t value, const void* time) noexcept {
#if defined(SYS_futex)
  return ::syscall(SYS_futex, word, operation, value, time, nullptr, 0);
#else  // 32-bit systems with a 64-bit time only
  return ::syscall(SYS_futex_time64, word, operation, value, time, nullptr, 0);
#endif
}

// Sleeps while *word is `value`, at most `nanoseconds`. May return early for any reason.
inline Slept sleep_on(std::uint32_t* word, std::uint32_t value, std::int64_t nanoseconds,
                      unsigned) noexcept {
#if defined(SYS_futex)
  struct timespec limit;
  limit.tv_sec = static_cast<time_t>(nanoseconds / 1000000000);
  limit.tv_nsec = static_cast<long>(nanoseconds % 1000000000);
#else
  const long long limit[2] = {nanoseconds / 1000000000, nanoseconds % 1000000000};
#endif
  const void* const time = nanoseconds == kUnlimited ? nullptr : static_cast<const void*>(&limit);
  if (futex(word, FUTEX_WAIT, le(value), time) == 0) return Slept::woken;
  return errno == ETIMEDOUT ? Slept::time_over : errno == EINTR ? Slept::signalled : Slept::woken;
}

inline void wake_all(std::uint32_t* word) noexcept { futex(word, FUTEX_WAKE, INT_MAX, nullptr); }

}  // namespace detail
}  // namespace shmbuf

#endif  // defined(SHMBUF_OS_LINUX)

#endif  // SHMBUF_WAIT_LINUX_HPP_
