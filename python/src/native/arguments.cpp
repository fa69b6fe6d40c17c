#include "arguments.hpp"

#include <cstring>

namespace native {
namespace {

[[noreturn]] void out_of_range(nb::handle value, const char* what, const std::string& channel,
                               std::uint64_t min, std::uint64_t max) {
  const std::string text = nb::str(value).c_str();
  raise(shmbuf::Status::invalid, about(channel) + what + " " + text + " is outside " + std::to_string(min) +
                                     " to " + std::to_string(max));
}

std::uint64_t to_number(nb::handle value, const char* what, const std::string& channel, std::uint64_t min,
                        std::uint64_t max) {
  nb::object number = nb::steal(PyNumber_Index(value.ptr()));
  if (!number.is_valid()) throw nb::python_error();
  const unsigned long long result = PyLong_AsUnsignedLongLong(number.ptr());
  if (result == static_cast<unsigned long long>(-1) && PyErr_Occurred()) {
    PyErr_Clear();  // negative, or more than 64 bits
    out_of_range(number, what, channel, min, max);
  }
  if (result < min || result > max) out_of_range(number, what, channel, min, max);
  return result;
}

}  // namespace

std::uint64_t to_unsigned(nb::handle value, const char* what, const std::string& channel,
                          std::uint64_t max) {
  return to_number(value, what, channel, 0, max);
}

std::uint64_t to_option(nb::handle value, const char* what, const std::string& channel, std::uint64_t max) {
  return value.is_none() ? 0 : to_number(value, what, channel, 1, max);
}

bool Input::open_buffer(PyObject* object, int flags) noexcept {
  if (PyObject_GetBuffer(object, &buffer_, flags) != 0) {
    buffer_.obj = nullptr;
    return false;
  }
  data_ = buffer_.buf;
  size_ = static_cast<std::size_t>(buffer_.len);
  return true;
}

Inputs::Inputs(nb::handle sequence) : items_(nb::steal(PySequence_Tuple(sequence.ptr()))) {
  if (!items_.is_valid()) throw nb::python_error();
  const Py_ssize_t count = PyTuple_GET_SIZE(items_.ptr());
  inputs_.reserve(static_cast<std::size_t>(count));
  pieces_.reserve(static_cast<std::size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    inputs_.emplace_back();
    if (!inputs_.back().open(PyTuple_GET_ITEM(items_.ptr(), i))) throw nb::python_error();
    pieces_.push_back({inputs_.back().data(), inputs_.back().size()});
    bytes_ += inputs_.back().size();
  }
}

bool parse_fast(const char* method, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords,
                const char* const* names, std::size_t wanted, std::size_t required,
                PyObject** out) noexcept {
  if (static_cast<std::size_t>(count) > wanted) {
    PyErr_Format(PyExc_TypeError, "%s() takes at most %zu arguments, %zd were given", method, wanted,
                 count);
    return false;
  }
  for (Py_ssize_t i = 0; i < count; ++i) out[i] = arguments[i];
  const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t k = 0; k < named; ++k) {
    PyObject* key = PyTuple_GET_ITEM(keywords, k);
    std::size_t i = 0;
    while (i < wanted && PyUnicode_CompareWithASCIIString(key, names[i]) != 0) ++i;
    if (i == wanted) {
      PyErr_Format(PyExc_TypeError, "%s() has no argument %R", method, key);
      return false;
    }
    if (out[i] != nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() got argument %R twice", method, key);
      return false;
    }
    out[i] = arguments[count + k];
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (out[i] == nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() needs argument '%s'", method, names[i]);
      return false;
    }
  }
  return true;
}

}  // namespace native
