// The two ways in which a worker ends without a result.
#ifndef BENCH_FAILURE_HPP_
#define BENCH_FAILURE_HPP_

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace bench {

// Exit code 2: the contestant cannot do what was asked, or the request has no meaning.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Exit code 1: it should have worked.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] inline void fail_errno(const std::string& what) {
  throw Failure(what + ": " + std::strerror(errno));
}

}  // namespace bench

#endif  // BENCH_FAILURE_HPP_
