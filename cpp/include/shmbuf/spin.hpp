// Spinning before a sleep: how long, and how to take a dense stream in runs.
#ifndef SHMBUF_SPIN_HPP_
#define SHMBUF_SPIN_HPP_

#include <chrono>
#include <cstdint>
#include <thread>

#include "shmbuf/atomic.hpp"
#include "shmbuf/config.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

// Decides how many pauses a consumer makes before it looks at the position again. Who follows a producer
// closely fights with it for the lines it is writing; after a pause there is a run of records, and both
// are several times as fast. Where a longer pause does not bring longer runs (a message there and back) it
// would only be a delay: then there is none.
class Gathering {
 public:
  // Before a look, when everything seen has been taken.
  void pause() const noexcept {
    for (unsigned i = level_ == 0 ? 0 : 4u << level_; i > 0; --i) cpu_pause();
  }

  // A look found `bytes` without a wait worth the name.
  void found(std::uint64_t bytes) noexcept {
    sum_ += bytes;
    if (++count_ < kCount) return;
    const std::uint64_t sum = sum_;
    count_ = 0;
    sum_ = 0;
    if (trial_) {
      trial_ = false;
      if (sum < before_ + before_ / 2) {
        level_ = 0;
        hold_ = kHold;
        return;
      }
    }
    if (hold_ > 0) {
      --hold_;
    } else if (sum < kCount * kRun && level_ < kLevels) {
      before_ = sum;
      ++level_;
      trial_ = true;
    } else if (sum > kCount * 8 * kRun && level_ > 0) {
      --level_;
    }
  }

  // It took several looks: the stream is not dense.
  void sparse() noexcept {
    level_ = 0;
    count_ = 0;
    sum_ = 0;
    trial_ = false;
  }

 private:
  static constexpr unsigned kLevels = 4;       // pauses: 8, 16, 32, 64
  static constexpr unsigned kCount = 8;        // looks that are judged together
  static constexpr unsigned kHold = 512;       // times kCount looks after a trial that failed
  static constexpr std::uint64_t kRun = 8192;  // bytes of a run that is long enough

  unsigned level_ = 0;
  unsigned count_ = 0;
  unsigned hold_ = 0;
  bool trial_ = false;        // the level has just been raised
  std::uint64_t sum_ = 0;     // bytes of the last `count_` runs
  std::uint64_t before_ = 0;  // bytes of kCount runs at the level below
};

// Nanoseconds of the longest spin; halved by each wait that ends in a sleep nevertheless.
constexpr std::int64_t kLongestSpin = 50000;

// The part of a waiting handle that spins. One thread at a time.
class Spinner {
 public:
  // Looks until `ready()` gives something else than would_block, or the time is up. `moved()` is a cheap
  // look at the word the other side stores to; `ready()` is asked only when it has moved.
  template <class Moved, class Ready>
  Status spin(Moved moved, Ready ready) {
    if (!several_processors()) return Status::would_block;
    const bool probe = probe_;
    const std::int64_t budget = probe ? kLongestSpin : kLongestSpin >> misses_;
    probe_ = false;
    std::chrono::steady_clock::time_point start;
    for (unsigned looks = 0; budget >= kShortest; ++looks) {
      if (moved()) {
        const Status status = ready();
        if (status != Status::would_block) {
          if (looks >= kFew) gathering.sparse();
          misses_ = 0;
          return status;
        }
      }
      cpu_pause();
      if (SHMBUF_LIKELY(looks % kLooks != kLooks - 1)) continue;
      const auto now = std::chrono::steady_clock::now();
      if (looks == kLooks - 1) start = now;
      if (now - start >= std::chrono::nanoseconds(budget)) break;
    }
    gathering.sparse();
    if (!probe && misses_ < kMisses) ++misses_;
    return Status::would_block;
  }

  // A sleep that brought what was awaited took so long. Short ones now and then earn a full spin.
  void slept(std::chrono::nanoseconds time) noexcept {
    if (time < std::chrono::nanoseconds(kLongestSpin) && ++brief_ % 16 == 0) probe_ = true;
  }

  Gathering gathering;

 private:
  static constexpr std::int64_t kShortest = 100;
  static constexpr unsigned kMisses = 10;
  static constexpr unsigned kLooks = 32;  // between two looks at the clock
  static constexpr unsigned kFew = 3;     // looks after which a stream is not dense

  // A peer on the same processor cannot make progress while we spin.
  static bool several_processors() noexcept {
    static const bool several = std::thread::hardware_concurrency() > 1;
    return several;
  }

  unsigned misses_ = 0;  // waits in a row that ended in a sleep
  unsigned brief_ = 0;   // sleeps that a full spin could have spared
  bool probe_ = false;   // the next spin is a full one
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_SPIN_HPP_
