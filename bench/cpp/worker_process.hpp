// One run of the worker program, for its test.
#ifndef BENCH_WORKER_PROCESS_HPP_
#define BENCH_WORKER_PROCESS_HPP_

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern std::string program;

// Counts a failure of the test.
void complain(const std::string& what);

// One run of the program.
class Worker {
 public:
  explicit Worker(const std::string& line) : line_(line) {
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], 1);
      dup2(err[1], 2);
      run();
    }
    close(out[1]);
    close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }

  // Waits for some output.
  bool speaks() {
    struct pollfd input = {out_, POLLIN, 0};
    return poll(&input, 1, 10000) == 1 && (input.revents & POLLIN) != 0;
  }
  void end() const { kill(pid_, SIGTERM); }

  int status() {
    text_ = drain(out_);
    errors_ = drain(err_);
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void expect(int code, const std::string& text) {
    const int found = status();
    if (found != code) {
      complain(line_ + ": exit code " + std::to_string(found) + " instead of " + std::to_string(code) +
               "; " + errors_);
    } else if (code == 2 && errors_.compare(0, 13, "unsupported: ") != 0) {
      complain(line_ + ": said '" + errors_ + "'");
    } else if (text.empty() ? !text_.empty() : text_.find(text) == std::string::npos) {
      complain(line_ + ": printed '" + text_ + "', expected '" + text + "'");
    }
  }

 private:
  [[noreturn]] void run() const {
    std::vector<std::string> words = {program};
    for (std::size_t at = 0; at < line_.size();) {
      const std::size_t space = std::min(line_.find(' ', at), line_.size());
      words.push_back(line_.substr(at, space - at));
      at = space + 1;
    }
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(&word[0]);
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  static std::string drain(int fd) {
    std::string text;
    char piece[512];
    for (ssize_t n; (n = read(fd, piece, sizeof(piece))) > 0;)
      text.append(piece, static_cast<std::size_t>(n));
    close(fd);
    return text;
  }

  std::string line_, text_, errors_;
  pid_t pid_;
  int out_, err_;
};

#endif  // BENCH_WORKER_PROCESS_HPP_
