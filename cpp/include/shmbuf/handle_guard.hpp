// Lets one thread use a handle cheaply while another thread may close it.
#ifndef SHMBUF_HANDLE_GUARD_HPP_
#define SHMBUF_HANDLE_GUARD_HPP_

#include <atomic>
#include <cstdint>

#include "shmbuf/atomic.hpp"
#include "shmbuf/wait.hpp"

namespace shmbuf {
namespace detail {

// Dekker's protocol between the thread that uses the handle and the one that closes it: the user stores
// in_use_, then loads closing_; the closer stores closing_, then loads in_use_. Where the kernel offers
// membarrier(PRIVATE_EXPEDITED) the closer pays for both sides' barrier, so that a call costs two plain
// stores.
class HandleGuard {
 public:
  // Bits of the in-use word.
  static constexpr std::uint32_t kCall = 1;   // a call is running
  static constexpr std::uint32_t kLease = 2;  // a reservation or view is outstanding

  // Begins a call; false when the handle is being or has been closed.
  SHMBUF_INLINE bool enter() noexcept {
    // Partner: the acquire load in in_call(). Ordered before the load of closing_ by the closer's
    // process-wide barrier, or by the fence here.
    in_use_.store(lease_ | kCall, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (!asymmetric_) full_fence();
    // Acquire pairs with the closer's store: what close() did before is visible to the failing call.
    if (SHMBUF_LIKELY(closing_.load(std::memory_order_acquire) == 0)) return true;
    leave();
    return false;
  }

  // Ends a call. Release: the closer's acquire load sees everything the call did to the segment.
  SHMBUF_INLINE void leave() noexcept { in_use_.store(lease_, std::memory_order_release); }

  // Inside a call: whether it leaves a lease behind.
  SHMBUF_INLINE void set_lease(bool outstanding) noexcept { lease_ = outstanding ? kLease : 0; }
  bool has_lease() const noexcept { return lease_ != 0; }

  // Closer: true for the first that asks. Afterwards no call can begin.
  bool begin_close() noexcept {
    const bool first = closing_.exchange(1, std::memory_order_seq_cst) == 0;
    if (asymmetric_) {
      process_barrier();
    } else {
      full_fence();
    }
    return first;
  }
  // Closer: whether a call that began earlier is still running, and whether it left a lease.
  bool in_call() const noexcept { return (in_use_.load(std::memory_order_acquire) & kCall) != 0; }
  bool lease_left() const noexcept { return (in_use_.load(std::memory_order_acquire) & kLease) != 0; }

  bool closing() const noexcept { return closing_.load(std::memory_order_acquire) != 0; }

 private:
  std::atomic<std::uint32_t> in_use_{0};
  std::uint32_t lease_ = 0;  // the using thread's copy of the lease bit
  const bool asymmetric_ = process_barrier_ready();
  std::atomic<std::uint32_t> closing_{0};
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_HANDLE_GUARD_HPP_
