// The rule for channel names.
#ifndef SHMBUF_NAME_HPP_
#define SHMBUF_NAME_HPP_

#include <string>

#include "shmbuf/layout.hpp"
#include "shmbuf/status.hpp"

namespace shmbuf {
namespace detail {

inline bool name_letter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// `invalid` with the reason in *why for anything but 1 to 200 bytes of A-Z a-z 0-9 . _ - that start with a
// letter, a digit or _.
inline Status check_name(const std::string& name, std::string* why) {
  if (name.empty() || name.size() > layout::kMaxNameBytes) {
    *why = "the name has " + std::to_string(name.size()) + " bytes; use 1 to 200";
    return Status::invalid;
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!name_letter(c) && (i == 0 || (c != '.' && c != '-'))) {
      *why = "byte " + std::to_string(i) + " of the name (value " +
             std::to_string(static_cast<unsigned>(static_cast<unsigned char>(c))) +
             ") is not allowed; use A-Z a-z 0-9 . _ - and start with a letter, a digit or _";
      return Status::invalid;
    }
  }
  return Status::ok;
}

}  // namespace detail
}  // namespace shmbuf

#endif  // SHMBUF_NAME_HPP_
