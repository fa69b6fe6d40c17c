// This test binary as another process: started with fork and exec, so that sanitizers and locks behave as
// between strangers. main.cpp runs what `role` names.
#ifndef SHMBUF_TESTS_CHILD_PROCESS_HPP_
#define SHMBUF_TESTS_CHILD_PROCESS_HPP_

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

class ChildProcess {
 public:
  ChildProcess(const std::string& role, const std::string& name) {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(pipe_ends[1], 1);
      ::close(pipe_ends[0]);
      ::close(pipe_ends[1]);
      ::execl("/proc/self/exe", "shmbuf_tests", "--child", role.c_str(), name.c_str(),
              static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(pipe_ends[1]);
    output_ = pipe_ends[0];
  }
  ~ChildProcess() {
    kill();
    ::close(output_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Waits until the child has printed a line; false when it does not within 20 s.
  bool ready() {
    struct pollfd input = {output_, POLLIN, 0};
    char c = 0;
    while (::poll(&input, 1, 20000) == 1 && ::read(output_, &c, 1) == 1) {
      if (c == '\n') return true;
    }
    return false;
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  pid_t pid() const { return pid_; }
  // The child's exit status.
  int wait() {
    int status = -1;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

#endif  // SHMBUF_TESTS_CHILD_PROCESS_HPP_
