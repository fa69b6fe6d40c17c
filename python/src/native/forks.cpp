#include "forks.hpp"

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace native {
namespace {

Inheritable* first = nullptr;

}  // namespace

unsigned fork_count = 0;

void watch_forks() {
#if !defined(_WIN32)
  static const int registered = pthread_atfork(nullptr, nullptr, [] { ++fork_count; });
  (void)registered;
#endif
}

Inheritable::Inheritable() noexcept : next_(first) {
  if (first != nullptr) first->previous_ = this;
  first = this;
}

Inheritable::~Inheritable() {
  if (next_ != nullptr) next_->previous_ = previous_;
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    first = next_;
  }
}

void after_fork_in_child() noexcept {
  for (Inheritable* handle = first; handle != nullptr; handle = handle->next_) {
    if (handle->forked() && !handle->left_) handle->left_ = handle->leave_to_parent();
  }
}

}  // namespace native
