// From statuses of the C++ headers to Python exceptions.
#pragma once

#include <nanobind/nanobind.h>

#include <shmbuf/shmbuf.hpp>
#include <string>

namespace nb = nanobind;

namespace native {

// Sets the Python exception that spec/errors.json names for `status`; the caller returns nullptr or
// throws nb::python_error. Needs the GIL.
void set_error(shmbuf::Status status, const std::string& message) noexcept;

// The same, with one integer attribute on the exception (ShortBuffer.needed, .written).
void set_error(shmbuf::Status status, const std::string& message, const char* attribute,
               std::uint64_t value) noexcept;

// How every message begins.
inline std::string about(const std::string& channel) { return "channel '" + channel + "': "; }

// The message of a handle for `status`, or the general one where the hot path has not written one.
std::string error_text(const std::string& channel, const std::string& message, shmbuf::Status status);

inline const char* layout_name(shmbuf::Layout layout) {
  return layout == shmbuf::Layout::classic ? "classic" : "native";
}

[[noreturn]] void raise(shmbuf::Status status, const std::string& message);
[[noreturn]] void raise(PyObject* type, const std::string& message);

}  // namespace native
