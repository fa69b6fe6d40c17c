// How a sleep ended, and how long it may be.
#ifndef SHMBUF_SLEPT_HPP_
#define SHMBUF_SLEPT_HPP_

#include <cstdint>

namespace shmbuf {
namespace detail {

enum class Slept {
  woken,      // or the word had changed, or for no reason at all
  time_over,  // the whole time has passed
  signalled   // a signal handler has run
};

// Nanoseconds of a sleep that only its cause ends.
constexpr std::int64_t kUnlimited = INT64_MAX;

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_SLEPT_HPP_
