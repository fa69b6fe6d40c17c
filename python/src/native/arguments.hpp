// Arguments of the methods: numbers, buffers, and the lean calling convention of the hot ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "errors.hpp"

namespace native {

// A whole number from 0 to `max`. Raises TypeError, or ValueError that names the channel and the number.
std::uint64_t to_unsigned(nb::handle value, const char* what, const std::string& channel,
                          std::uint64_t max);

// The same for an option where None means the default, which the C++ headers spell 0: an explicit 0 is
// refused.
std::uint64_t to_option(nb::handle value, const char* what, const std::string& channel, std::uint64_t max);

// The bytes of a bytes-like object, for the time of a call. Exact `bytes` objects cost nothing; they are
// only borrowed, so the caller holds a reference.
class Input {
 public:
  Input() = default;
  ~Input() {
    if (buffer_.obj != nullptr) PyBuffer_Release(&buffer_);
  }
  Input(Input&& other) noexcept : data_(other.data_), size_(other.size_), buffer_(other.buffer_) {
    other.buffer_.obj = nullptr;
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // False with a Python error set. `flags` as for PyObject_GetBuffer.
  bool open(PyObject* object, int flags = PyBUF_SIMPLE) noexcept {
    if (PyBytes_CheckExact(object) && flags == PyBUF_SIMPLE) {
      data_ = PyBytes_AS_STRING(object);
      size_ = static_cast<std::size_t>(PyBytes_GET_SIZE(object));
      return true;
    }
    return open_buffer(object, flags);
  }
  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  bool open_buffer(PyObject* object, int flags) noexcept;

  void* data_ = nullptr;
  std::size_t size_ = 0;
  Py_buffer buffer_{};
};

// A list of bytes-like objects, held for the time of a call.
class Inputs {
 public:
  explicit Inputs(nb::handle sequence);
  const shmbuf::Bytes* data() const noexcept { return pieces_.data(); }
  std::size_t count() const noexcept { return pieces_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  nb::object items_;  // a tuple: the caller's list may change while the GIL is released
  std::vector<Input> inputs_;
  std::vector<shmbuf::Bytes> pieces_;
  std::size_t bytes_ = 0;
};

// Arguments of a METH_FASTCALL | METH_KEYWORDS method into `out`, in the order of `names`; absent ones stay
// null. False with a TypeError set.
bool parse_fast(const char* method, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords,
                const char* const* names, std::size_t wanted, std::size_t required,
                PyObject** out) noexcept;

}  // namespace native
