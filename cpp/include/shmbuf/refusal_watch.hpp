// Tells a peer's instant of zero from a position word that is damaged for good.
#ifndef SHMBUF_REFUSAL_WATCH_HPP_
#define SHMBUF_REFUSAL_WATCH_HPP_

#include <chrono>
#include <cstdint>

#include "shmbuf/classic_writer.hpp"

namespace shmbuf {
namespace detail {

class RefusalWatch {
 public:
  // Asked now and then while waiting: whether the same value, and nothing else, has been seen for a second.
  bool stuck(const GuardedWord& word) noexcept {
    if (!word.refused()) {
      watching_ = false;
      return false;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!watching_ || doubt_ != word.doubts() || value_ != word.refused_value()) {
      watching_ = true;
      doubt_ = word.doubts();
      value_ = word.refused_value();
      since_ = now;
      return false;
    }
    return now - since_ >= std::chrono::seconds(1);
  }

 private:
  bool watching_ = false;
  std::uint64_t doubt_ = 0;  // a word that was believed meanwhile is in another doubt
  std::uint32_t value_ = 0;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_REFUSAL_WATCH_HPP_
