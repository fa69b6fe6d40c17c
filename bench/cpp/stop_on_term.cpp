#include "stop_on_term.hpp"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace bench {

namespace {
sigset_t termination() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}
}  // namespace

void hold_termination() {
  const sigset_t set = termination();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void await_termination() {
  const sigset_t set = termination();
  int signal = 0;
  sigwait(&set, &signal);
}

StopOnTerm::StopOnTerm(std::function<void()> stop)
    : over_(false), thread_([this, stop] {
        await_termination();
        if (!over_.load()) stop();
      }) {}

StopOnTerm::~StopOnTerm() {
  over_.store(true);
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

}  // namespace bench
