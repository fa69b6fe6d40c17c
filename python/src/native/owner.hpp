// What the native producer and consumer share: who may use the handle now, and how a call waits.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "errors.hpp"
#include "forks.hpp"
#include "gil.hpp"

namespace native {

class InPlace;

// How long a wait stays at first without a look at signals. A signal ends the sleep of the thread that runs
// its handler; only one that arrives in the instant before the sleep is left to the end of the slice.
constexpr shmbuf::Timeout kSlice = std::chrono::milliseconds(50);

// Copies longer than this are made without the GIL.
constexpr std::size_t kLongCopy = 64 * 1024;

// The Python side of a handle. All fields are guarded by the GIL.
class Owner : public Inheritable {
 public:
  // Whether an ordinary call may begin. Otherwise sets the Python error that says why not.
  bool enter() noexcept {
    if (free_ && !forked()) return true;
    refuse();
    return false;
  }
  // For the end of a wait: whether the handle was closed while the GIL was released.
  bool closed() const noexcept { return closed_; }

  void set_outstanding(InPlace* held) noexcept {
    outstanding_ = held;
    update();
  }
  InPlace* outstanding() const noexcept { return outstanding_; }

  // From now on a signal ends the sleep of a wait. Waits for a channel to appear, classic ones and those of
  // other systems have to look for signals now and then.
  void set_layout(shmbuf::Layout layout) noexcept {
#if defined(__linux__)
    woken_by_signals_ = layout == shmbuf::Layout::native;
#else
    (void)layout;
#endif
  }
  bool woken_by_signals() const noexcept { return woken_by_signals_; }

  std::string name;
  nb::object dtype = nb::none();

 protected:
  ~Owner() = default;
  void set_closed() noexcept {
    closed_ = true;
    update();
  }
  bool in_call() const noexcept { return in_call_; }

 private:
  friend class InCall;
  void refuse() noexcept;
  void update() noexcept { free_ = !closed_ && !in_call_ && outstanding_ == nullptr; }

  bool woken_by_signals_ = false;
  bool free_ = true;  // all of the following allow a call
  bool closed_ = false;
  bool in_call_ = false;
  InPlace* outstanding_ = nullptr;
};

// Marks the handle as used while the GIL may be released.
class InCall {
 public:
  explicit InCall(Owner& owner) noexcept : owner_(owner) { set(true); }
  ~InCall() { set(false); }
  InCall(const InCall&) = delete;
  InCall& operator=(const InCall&) = delete;

 private:
  void set(bool running) noexcept {
    owner_.in_call_ = running;
    owner_.update();
  }
  Owner& owner_;
};

// Seconds of a `timeout` argument: None is for ever. False with a Python error set when it is no such
// thing.
bool parse_timeout(PyObject* argument, const std::string& channel, shmbuf::Timeout* result) noexcept;

// Whether a signal arrived whose handler raised; the Python error is set then.
inline bool interrupted() noexcept { return PyErr_CheckSignals() != 0; }

// Repeats `wait(slice)`, a blocking call of the C++ headers, without the GIL until it has a result, the
// time is over or a signal handler raises. Returns `cancelled` for the last, with the Python error set.
// Where signals end the sleep, a slice is as long as the wait has lasted: idle waits hardly ever wake up.
template <class Wait>
shmbuf::Status await(Owner& owner, shmbuf::Timeout timeout, Wait wait) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  InCall guard(owner);
  for (;;) {
    const auto lasted = std::chrono::duration_cast<shmbuf::Timeout>(Clock::now() - start);
    shmbuf::Timeout slice = owner.woken_by_signals() ? std::max(kSlice, lasted) : kSlice;
    if (timeout != shmbuf::forever) {
      const auto left = timeout - lasted;
      slice = std::min(slice, std::max(left, shmbuf::Timeout(1)));
    }
    shmbuf::Status status;
    {
      const WithoutGil released;
      status = wait(slice);
    }
    if (owner.closed() && status != shmbuf::Status::ok) return shmbuf::Status::closed;
    if (status != shmbuf::Status::timeout && status != shmbuf::Status::would_block &&
        status != shmbuf::Status::cancelled) {
      return status;
    }
    if (interrupted()) return shmbuf::Status::cancelled;
    if (timeout != shmbuf::forever && Clock::now() - start >= timeout) return shmbuf::Status::timeout;
  }
}

}  // namespace native
