// What a producer's and a consumer's inner part share: closing from any thread, and the last error.
#ifndef SHMBUF_HANDLE_CORE_HPP_
#define SHMBUF_HANDLE_CORE_HPP_

#include <chrono>
#include <mutex>
#include <string>
#include <thread>

#include "shmbuf/handle_guard.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

// Lives on the heap. Owned by the handle, and after the handle is destroyed by an outstanding lease.
class HandleCore {
 public:
  HandleCore() = default;
  HandleCore(const HandleCore&) = delete;
  HandleCore& operator=(const HandleCore&) = delete;

  // Ends the role at once; the mapping goes when the calls in flight, and a lease, have ended.
  void close() {
    const bool first = guard.begin_close();
    // A call that was running in the parent at a fork does not exist in the child.
    while (guard.in_call() && !inherited()) {
      interrupt();
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    std::lock_guard<std::mutex> lock(closing_);
    if (!first || role_over_) return;
    end_role();
    role_over_ = true;
    if (!guard.lease_left()) drop_segment();
  }

  // After close(): frees the core now, or when the lease ends.
  void abandon() {
    {
      std::lock_guard<std::mutex> lock(closing_);
      abandoned_ = guard.lease_left();
      if (abandoned_) return;
    }
    delete this;
  }

  // A lease ends on a handle that is closed or being closed: nothing is published any more.
  SHMBUF_COLD void end_lease_late() {
    bool last;
    {
      std::lock_guard<std::mutex> lock(closing_);
      guard.set_lease(false);
      guard.leave();
      if (role_over_) drop_segment();
      last = abandoned_;
    }
    if (last) delete this;
  }

  // Remembers a failure for message(). Returns `status`.
  SHMBUF_COLD Status fail(Status status) {
    last_ = status;
    detail_.clear();
    return status;
  }
  SHMBUF_COLD Status fail(Status status, std::string detail) {
    last_ = status;
    detail_ = std::move(detail);
    return status;
  }
  // The last failure, for people.
  std::string message() const {
    if (last_ == Status::ok) return std::string();
    const StatusText& text = status_text(last_);
    return "channel '" + name + "': " + text.meaning + (detail_.empty() ? "" : " (" + detail_ + ")") +
           "; " + text.action;
  }

  HandleGuard guard;
  std::string name;

 protected:
  virtual ~HandleCore() = default;

 private:
  virtual void interrupt() noexcept = 0;        // wakes a call of this handle that sleeps
  virtual bool inherited() const noexcept = 0;  // whether this is a child that has its parent's handle
  virtual void end_role() noexcept = 0;         // says in the segment that this side is gone
  virtual void drop_segment() noexcept = 0;     // unmaps, frees the role lock

  std::mutex closing_;
  bool role_over_ = false;
  bool abandoned_ = false;
  Status last_ = Status::ok;
  std::string detail_;
};

// Marks a call of the handle's using thread for its scope.
class CallScope {
 public:
  SHMBUF_INLINE explicit CallScope(HandleCore* core) noexcept
      : guard_(core != nullptr && core->guard.enter() ? &core->guard : nullptr) {}
  SHMBUF_INLINE ~CallScope() {
    if (guard_ != nullptr) guard_->leave();
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
  SHMBUF_INLINE bool open() const noexcept { return guard_ != nullptr; }

 private:
  HandleGuard* const guard_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_HANDLE_CORE_HPP_
