// Waiting for the other side: spec/PROTOCOL.md section 3.7.
#ifndef SHMBUF_WAIT_HPP_
#define SHMBUF_WAIT_HPP_

#include <chrono>
#include <cstdint>
#include <thread>

#include "shmbuf/atomic.hpp"
#include "shmbuf/layout.hpp"
#include "shmbuf/options.hpp"
#include "shmbuf/slept.hpp"
#include "shmbuf/spin.hpp"
#include "shmbuf/status.hpp"

#if defined(SHMBUF_OS_LINUX)
#include "shmbuf/wait_linux.hpp"
#include "shmbuf/watch_linux.hpp"
#else
#include "shmbuf/wait_poll.hpp"
#endif

namespace shmbuf {
namespace detail {

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

// Nanoseconds of a bounded sleep.
constexpr std::int64_t kSlice = layout::kSleepSliceMs * 1000000ll;

// Says how long a waiting handle may sleep, and when it has to look whether the other side is still there:
// after its first sleep, when 50 ms have passed since the last look, and after each sleep that follows an
// event of the object. It lives in the handle, so that many short calls look as often as a long one.
//
// A handle that slept for whole 50 ms has the system report events from then on; after one more such sleep
// and look it sleeps without a limit. The second look is for a peer that died just before the reports
// began: the kernel frees its lock a little later than it reports.
class Vigil {
 public:
  // The object, and the futex word the handle sleeps on.
  void attach(int fd, std::uint32_t* word) noexcept {
    fd_ = fd;
    word_ = word;
  }
  // Before the segment goes.
  void end() noexcept { watch_.disarm(); }

  // Nanoseconds of the next sleep, at most. Asked after the fence that follows the store of 1 in the word:
  // an event that is missed here clears the word.
  std::int64_t patience() noexcept {
    const std::uint32_t alarm = watch_.take_alarm();
    alarmed_ = alarm != 0;
    if (alarmed_) return alarm * 1000000ll;
    return stage_ == kReported ? kUnlimited : kSlice;
  }

  // After a sleep that brought nothing: whether to look now.
  bool due(bool whole_slice) noexcept {
    if (alarmed_) return true;
    const Clock::time_point now = Clock::now();
    if (started_ && now - last_ < std::chrono::nanoseconds(kSlice)) return false;
    started_ = true;
    last_ = now;
    if (stage_ == kArmed) {
      stage_ = kReported;
    } else if (stage_ == kAlone && whole_slice && fd_ >= 0 && refusals_++ % 64 == 0) {
      if (watch_.arm(fd_, word_)) stage_ = kArmed;
    }
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  enum Stage { kAlone, kArmed, kReported };

  int fd_ = -1;
  std::uint32_t* word_ = nullptr;
  Stage stage_ = kAlone;
  unsigned refusals_ = 0;  // a system that refuses is asked again every 64th time
  bool alarmed_ = false;   // the last sleep followed an event
  bool started_ = false;
  Clock::time_point last_;
  PeerWatch watch_;
};

// What a producer remembers of its consumer at work.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t kNap = 100000;  // nanoseconds: about what a wake-up takes anyway

  // Whether a producer that finds the ring full can do without a wake-up: its consumer has moved since it
  // was last seen here, at a pace by which it still finds records after a nap. A producer that says it
  // sleeps is woken for the next record's room, and sleeps again after that one; both pay with system calls
  // for each handful of records, and the slower side is the one that is kept from its work.
  bool at_work(Clock::time_point now, std::uint64_t cursor, std::uint64_t lap) noexcept {
    const std::uint64_t moved = cursor - cursor_;
    const double took = static_cast<double>((now - seen_).count());
    seen_ = now;
    cursor_ = cursor;
    if (moved == 0 || moved > lap) return false;
    const double quarter =
        took * static_cast<double>(lap / 4) / static_cast<double>(moved) * kNanosecondsPerTick;
    return quarter >= static_cast<double>(2 * kNap);
  }

 private:
  static constexpr double kNanosecondsPerTick =
      1e9 * static_cast<double>(Clock::period::num) / static_cast<double>(Clock::period::den);

  Clock::time_point seen_;
  std::uint64_t cursor_ = 0;
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

// Waiter's half, after spinning. `ready()` looks for what is awaited and returns would_block while it is
// not there; `publisher_has_barrier()` reads the publisher's capabilities; `check()` runs after a sleep
// that brought nothing, when `vigil` says so, and may give up; `slept()` counts; `closing()` is true when
// another thread closes this handle. With `interruptible`, a signal ends the wait: cancelled.
template <class Ready, class HasBarrier, class Check, class Count, class Closing>
SHMBUF_COLD Status park(std::uint32_t* word, Vigil& vigil, Spinner& spinner, Deadline& deadline,
                        bool interruptible, Ready ready, HasBarrier publisher_has_barrier, Check check,
                        Count slept, Closing closing) {
  std::chrono::steady_clock::time_point start;
  for (unsigned round = 0;; ++round) {
    if (closing()) return Status::closed;
    store_relaxed(word, std::uint32_t{1});
    full_fence();  // partner: the publisher's fence in notify(), or the peer_barrier() below
    std::int64_t limit = vigil.patience();
    // No barrier for us: look often.
    if (publisher_has_barrier() && !peer_barrier() && limit > 1000000) limit = 1000000;
    Status status = ready();
    if (status != Status::would_block) return status;
    const std::int64_t slice = deadline.slice(limit);
    if (slice == 0) return Status::timeout;
    slept();
    if (round == 0) start = std::chrono::steady_clock::now();
    const Slept end = sleep_on(word, 1, slice, round);
    status = ready();
    if (status != Status::would_block) {
      spinner.slept(std::chrono::steady_clock::now() - start);
      return status;
    }
    if (end == Slept::signalled && interruptible) return Status::cancelled;
    if (vigil.due(end == Slept::time_over && slice >= kSlice)) {
      status = check();
      if (status != Status::ok) return status;
    }
  }
}

// Waits for an other side that is about to bring what we wait for unasked: sleeps a few times for a short
// while, without having raised the flag. would_block when it has not come by then.
template <class Ready, class AtWork, class Count, class Closing>
SHMBUF_COLD Status nap(std::uint32_t* word, Deadline& deadline, bool interruptible, Ready ready,
                       AtWork at_work, Count slept, Closing closing) {
  constexpr unsigned kMost = 8;
  for (unsigned round = 0; round < kMost && at_work(); ++round) {
    if (closing()) return Status::closed;
    const std::int64_t slice = deadline.slice(Pace::kNap);
    if (slice == 0) return Status::timeout;
    slept();
    const Slept end = sleep_on(word, 0, slice, 0);
    const Status status = ready();
    if (status != Status::would_block) return status;
    if (end == Slept::signalled && interruptible) return Status::cancelled;
  }
  return Status::would_block;
}

// Waits without a futex word, as both sides of a classic channel do after spinning: yield, then sleep 50 µs
// doubling to 1 ms. Otherwise as park().
template <class Ready, class Check, class Count, class Closing>
SHMBUF_COLD Status poll(Vigil& vigil, Deadline& deadline, Ready ready, Check check, Count slept,
                        Closing closing) {
  for (int i = 16; i > 0; --i) {
    std::this_thread::yield();
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
    if (vigil.due(false)) {
      status = check();
      if (status != Status::ok) return status;
    }
  }
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_WAIT_HPP_
