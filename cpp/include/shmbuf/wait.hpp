// Waiting for the other side: spec/PROTOCOL.md section 3.7.
#ifndef SHMBUF_WAIT_HPP_
#define SHMBUF_WAIT_HPP_

#include <chrono>
#include <cstdint>
#include <thread>

#include "shmbuf/atomic.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/status.hpp"

#if defined(SHMBUF_OS_LINUX)
#include "shmbuf/wait_linux.hpp"
#else
#include "shmbuf/wait_poll.hpp"
#endif

namespace shmbuf {
namespace detail {

// Times a wait looks again, with a pause between, before it sleeps. A peer on the same CPU cannot make
// progress while we spin, so a machine with one CPU does not spin.
inline int spin_rounds() noexcept {
  static const int rounds = std::thread::hardware_concurrency() > 1 ? 2000 : 0;
  return rounds;
}

// When a call has to give up. Reads the clock only once a wait is certain: at the first slice().
class Deadline {
 public:
  explicit Deadline(Timeout timeout) noexcept : timeout_(timeout) {}
  bool waits() const noexcept { return timeout_ > no_wait; }
  // Nanoseconds of the next sleep, at most `limit`; 0 when the time is over.
  std::int64_t slice(std::int64_t limit) noexcept {
    using Clock = std::chrono::steady_clock;
    if (timeout_ == forever) return limit;
    const Clock::time_point now = Clock::now();
    if (!started_) {
      started_ = true;
      end_ = timeout_ > Clock::time_point::max() - now
                 ? Clock::time_point::max()
                 : now + std::chrono::duration_cast<Clock::duration>(timeout_);
    }
    const std::int64_t left = std::chrono::duration_cast<std::chrono::nanoseconds>(end_ - now).count();
    return left <= 0 ? 0 : left < limit ? left : limit;
  }

 private:
  Timeout timeout_;
  bool started_ = false;
  std::chrono::steady_clock::time_point end_;
};

// Says when a waiting handle has to look whether the other side is still there: at its first sleep, and
// when 50 ms have passed since the last look. It lives in the handle, so that many short calls look as
// often as a long one.
class CheckTimer {
 public:
  bool due() noexcept {
    const Clock::time_point now = Clock::now();
    if (started_ && now - last_ < std::chrono::milliseconds(layout::kSleepSliceMs)) return false;
    started_ = true;
    last_ = now;
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool started_ = false;
  Clock::time_point last_;
};

// Publisher's half: looks for a waiter after the caller's store-release of a position, gate or state. True
// when it made a wake call. `barrier`: the publisher has set BARRIER, so a waiter executes the fence for
// it.
SHMBUF_COLD inline bool wake_waiters(std::uint32_t* word) noexcept {
  exchange_seq_cst(word, std::uint32_t{0});
  wake_all(word);
  return true;
}
SHMBUF_INLINE bool notify(std::uint32_t* word, bool barrier) noexcept {
  // Partner: the waiter's store of 1, then its fence, then its look at the position.
  if (!barrier) full_fence();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (SHMBUF_LIKELY(load_relaxed(word) == 0)) return false;
  return wake_waiters(word);
}

// Waiter's half. `ready()` looks for what is awaited and returns would_block while it is not there;
// `publisher_has_barrier()` reads the publisher's capabilities; `check()` runs after a sleep that brought
// nothing, when `checks` says so, and may give up; `slept()` counts; `closing()` is true when another
// thread closes this handle.
template <class Ready, class HasBarrier, class Check, class Slept, class Closing>
SHMBUF_COLD Status park(std::uint32_t* word, CheckTimer& checks, Deadline& deadline, Ready ready,
                        HasBarrier publisher_has_barrier, Check check, Slept slept, Closing closing) {
  if (!deadline.waits()) return Status::would_block;
  for (int i = spin_rounds(); i > 0; --i) {
    cpu_pause();
    const Status status = ready();
    if (status != Status::would_block) return status;
  }
  for (unsigned round = 0;; ++round) {
    if (closing()) return Status::closed;
    store_relaxed(word, std::uint32_t{1});
    full_fence();  // partner: the publisher's fence in notify(), or the peer_barrier() below
    std::int64_t limit = layout::kSleepSliceMs * 1000000ll;
    if (publisher_has_barrier() && !peer_barrier()) limit = 1000000;  // no barrier for us: look often
    Status status = ready();
    if (status != Status::would_block) return status;
    const std::int64_t slice = deadline.slice(limit);
    if (slice == 0) return Status::timeout;
    slept();
    sleep_on(word, slice, round);
    status = ready();
    if (status != Status::would_block) return status;
    if (checks.due()) {
      status = check();
      if (status != Status::ok) return status;
    }
  }
}

// Waits without a futex word, as both sides of a classic channel do: spin, yield, then sleep 50 µs doubling
// to 1 ms. Otherwise as park().
template <class Ready, class Check, class Slept, class Closing>
SHMBUF_COLD Status poll(CheckTimer& checks, Deadline& deadline, Ready ready, Check check, Slept slept,
                        Closing closing) {
  if (!deadline.waits()) return Status::would_block;
  for (int i = spin_rounds() + 16; i > 0; --i) {
    if (i > 16) {
      cpu_pause();
    } else {
      std::this_thread::yield();
    }
    const Status status = ready();
    if (status != Status::would_block) return status;
  }
  std::int64_t pause = 50000;
  for (;;) {
    if (closing()) return Status::closed;
    Status status = ready();
    if (status != Status::would_block) return status;
    const std::int64_t slice = deadline.slice(pause);
    if (slice == 0) return Status::timeout;
    slept();
    std::this_thread::sleep_for(std::chrono::nanoseconds(slice));
    if (pause < 1000000) pause *= 2;
    if (pause > 1000000) pause = 1000000;
    status = ready();
    if (status != Status::would_block) return status;
    if (checks.due()) {
      status = check();
      if (status != Status::ok) return status;
    }
  }
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_WAIT_HPP_
