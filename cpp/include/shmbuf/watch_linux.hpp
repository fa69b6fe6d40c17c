// Learning while asleep that something happened to a segment: its peer's descriptor was closed (also by the
// death of the peer), or the object was truncated or unlinked. One inotify instance and one thread per
// process, made at the first need and kept for its life; the thread sleeps without a time limit.
#ifndef SHMBUF_WATCH_LINUX_HPP_
#define SHMBUF_WATCH_LINUX_HPP_

#include "shmbuf/config.hpp"

#if defined(SHMBUF_OS_LINUX)

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <string>

#include "shmbuf/atomic.hpp"
#include "shmbuf/wait_linux.hpp"

namespace shmbuf {
namespace detail {

// A handle that wants to know. Lives in the handle and is on the watcher's list while it is watched.
struct Watched {
  static constexpr std::uint32_t kAlarms = 5;         // what an event sets `alarms` to
  static constexpr std::uint32_t kDeaf = UINT32_MAX;  // nothing will ever be reported again
  std::atomic<std::uint32_t> alarms{0};
  std::uint32_t* word = nullptr;  // the futex word the handle sleeps on
  int watch = -1;
  Watched* next = nullptr;
};

// The process's watcher.
class Watcher {
 public:
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // The watcher of this process; null when it cannot be had (now). `fd` is any object to try it on.
  static Watcher* get(int fd) noexcept {
    std::atomic<Watcher*>& current = instance();
    Watcher* found = current.load(std::memory_order_acquire);
    if (found == nullptr || !found->ours()) {
      Watcher* const fresh = new (std::nothrow) Watcher;
      if (fresh == nullptr) return nullptr;
      // When another thread is faster, its watcher is there at the next try.
      if (!fresh->open(fd) || !current.compare_exchange_strong(found, fresh, std::memory_order_acq_rel)) {
        delete fresh;
        return nullptr;
      }
      found = fresh;
      static const int registered = ::pthread_atfork(nullptr, nullptr, &Watcher::after_fork);
      (void)registered;
    }
    return found->start() ? found : nullptr;
  }

  // False in a child made by fork, where the thread does not exist and the mutex may be locked for ever.
  bool ours() const noexcept { return pid_ == ::getpid(); }

  bool add(int fd, Watched* handle) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_.load(std::memory_order_relaxed) != kRunning) return false;
    handle->watch = ::inotify_add_watch(queue_, path_of(fd).c_str(), kEvents);
    if (handle->watch < 0) return false;
    handle->next = first_;
    first_ = handle;
    return true;
  }

  // Afterwards no wake-up of the handle is under way and none will come.
  void remove(Watched* handle) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    bool shared = false;  // several handles of one object have one watch
    for (Watched** at = &first_; *at != nullptr;) {
      if (*at == handle) {
        *at = handle->next;
      } else {
        shared = shared || (*at)->watch == handle->watch;
        at = &(*at)->next;
      }
    }
    if (!shared) ::inotify_rm_watch(queue_, handle->watch);
  }

 private:
  enum State { kIdle, kStarting, kRunning, kDeaf };
  static constexpr std::uint32_t kEvents =
      IN_CLOSE_WRITE | IN_ATTRIB | IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF;

  Watcher() = default;
  ~Watcher() {
    if (queue_ >= 0) ::close(queue_);
  }

  static std::atomic<Watcher*>& instance() noexcept {
    static std::atomic<Watcher*> current{nullptr};
    return current;
  }
  // In the child: the queue is the parent's.
  static void after_fork() noexcept {
    const Watcher* const inherited = instance().load(std::memory_order_relaxed);
    if (inherited != nullptr && !inherited->ours()) ::close(inherited->queue_);
  }
  static std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

  // Makes the instance and tries it: a system may accept watches and report nothing.
  bool open(int fd) noexcept {
    queue_ = ::inotify_init1(IN_CLOEXEC);
    if (queue_ < 0) return false;
    const std::string path = path_of(fd);
    const int watch = ::inotify_add_watch(queue_, path.c_str(), kEvents);
    const int again = watch < 0 ? -1 : ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (again < 0) return false;
    ::close(again);
    struct pollfd queue = {queue_, POLLIN, 0};
    const bool reported = ::poll(&queue, 1, 0) == 1;
    ::inotify_rm_watch(queue_, watch);
    return reported;
  }

  bool start() noexcept {
    int state = state_.load(std::memory_order_acquire);
    if (state != kIdle) return state == kRunning;
    if (!state_.compare_exchange_strong(state, kStarting, std::memory_order_acq_rel)) return false;
    // Signals are for the program's own threads.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const bool started = ::pthread_create(&thread, nullptr, &Watcher::run, this) == 0;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (started) ::pthread_detach(thread);
    state_.store(started ? kRunning : kIdle, std::memory_order_release);
    return started;
  }

  static void* run(void* watcher) noexcept {
    static_cast<Watcher*>(watcher)->listen();
    return nullptr;
  }

  void listen() noexcept {
    alignas(struct inotify_event) char events[4096];
    for (;;) {
      const ssize_t bytes = ::read(queue_, events, sizeof(events));
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes <= 0) break;  // somebody closed the descriptor
      for (ssize_t at = 0; at < bytes;) {
        struct inotify_event event;
        ::memcpy(&event, events + at, sizeof(event));
        alarm(event.wd, Watched::kAlarms);
        at += static_cast<ssize_t>(sizeof(event) + event.len);
      }
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      state_.store(kDeaf, std::memory_order_release);
    }
    alarm(-1, Watched::kDeaf);
  }

  // Makes the handles of a watch look; -1 (the kernel's queue overflowed): all handles.
  void alarm(int watch, std::uint32_t alarms) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Watched* handle = first_; handle != nullptr; handle = handle->next) {
      if (watch != handle->watch && watch >= 0) continue;
      handle->alarms.store(alarms, std::memory_order_relaxed);
      full_fence();  // partner: the waiter's fence between its store of 1 and its look at the alarms
      exchange_seq_cst(handle->word, std::uint32_t{0});
      wake_all(handle->word);
    }
  }

  const pid_t pid_ = ::getpid();
  int queue_ = -1;
  std::atomic<int> state_{kIdle};
  std::mutex mutex_;
  Watched* first_ = nullptr;  // guarded by mutex_
};

// A handle's part: its place on the list.
class PeerWatch {
 public:
  PeerWatch() = default;
  PeerWatch(const PeerWatch&) = delete;
  PeerWatch& operator=(const PeerWatch&) = delete;
  ~PeerWatch() { disarm(); }

  // Watches the object behind `fd` for a handle that sleeps on `word`. False: not possible.
  bool arm(int fd, std::uint32_t* word) noexcept {
    Watcher* const watcher = Watcher::get(fd);
    if (watcher == nullptr) return false;
    handle_.word = word;
    if (!watcher->add(fd, &handle_)) return false;
    watcher_ = watcher;
    return true;
  }
  // Before the word is unmapped.
  void disarm() noexcept {
    if (watcher_ != nullptr && watcher_->ours()) watcher_->remove(&handle_);
    watcher_ = nullptr;
  }

  // Milliseconds of the next sleep after an event: 1, 5, 50, 50, 50; then 0, and 50 when no event can come.
  // The kernel reports the close of a descriptor before it frees the lock, so that one look is not enough.
  std::uint32_t take_alarm() noexcept {
    std::uint32_t left = handle_.alarms.load(std::memory_order_relaxed);
    if (SHMBUF_LIKELY(left == 0)) return 0;
    if (left == Watched::kDeaf) return 50;
    // Lost to a new event: that one starts again.
    handle_.alarms.compare_exchange_strong(left, left - 1, std::memory_order_relaxed);
    return left == Watched::kAlarms ? 1 : left == Watched::kAlarms - 1 ? 5 : 50;
  }

 private:
  Watched handle_;
  Watcher* watcher_ = nullptr;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // defined(SHMBUF_OS_LINUX)

#endif  // SHMBUF_WATCH_LINUX_HPP_
