// An orderly end of the case idle, which is over when somebody says so (SIGTERM, SIGINT).
#ifndef BENCH_STOP_ON_TERM_HPP_
#define BENCH_STOP_ON_TERM_HPP_

#include <atomic>
#include <functional>
#include <thread>

namespace bench {

// To be called before anything starts a thread: threads inherit it.
void hold_termination();

// Sleeps until the process is told to end.
void await_termination();

// Calls `stop` from a thread of its own when the process is told to end. The thread sleeps until then.
class StopOnTerm {
 public:
  explicit StopOnTerm(std::function<void()> stop);
  ~StopOnTerm();
  StopOnTerm(const StopOnTerm&) = delete;
  StopOnTerm& operator=(const StopOnTerm&) = delete;

 private:
  std::atomic<bool> over_;
  std::thread thread_;
};

}  // namespace bench

#endif  // BENCH_STOP_ON_TERM_HPP_
