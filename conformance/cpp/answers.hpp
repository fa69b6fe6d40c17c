// Comparing results with what a line expects.
#ifndef CONFORMANCE_CPP_ANSWERS_HPP_
#define CONFORMANCE_CPP_ANSWERS_HPP_

#include <cstdint>
#include <string>

#include "script.hpp"
#include "shmbuf/shmbuf.hpp"

inline void answer(const Step& s, shmbuf::Status got, const std::string& message) {
  const std::string want = s.status.empty() ? "ok" : s.status;
  if (to_string(got) != want)
    throw Mismatch(std::string("status: got ") + to_string(got) + " (" + message + "), want " + want);
}

// Some but not all were written: C++ calls that would_block, scripts call it ok.
inline shmbuf::Status partly(shmbuf::Status status, std::size_t written) {
  return status == shmbuf::Status::would_block && written > 0 ? shmbuf::Status::ok : status;
}

inline void aligned(const Step& s, const void* data) {
  if (s.wants("aligned"))
    same("address modulo", reinterpret_cast<std::uintptr_t>(data) % s.wanted("aligned"), 0);
}

#endif  // CONFORMANCE_CPP_ANSWERS_HPP_
