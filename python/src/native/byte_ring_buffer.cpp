// ByteRingBuffer: a classic ring in a buffer of the caller.
#include <nanobind/stl/string.h>

#include <shmbuf/classic_life.hpp>

#include "classic.hpp"
#include "classic_ring.hpp"

namespace native {
namespace {

using shmbuf::Status;

class ByteRingBuffer {
 public:
  ByteRingBuffer(nb::handle object, bool is_producer) {
    if (PyObject_GetBuffer(object.ptr(), &buffer_, PyBUF_WRITABLE) != 0) throw nb::python_error();
    try {
      const auto size = static_cast<std::uint64_t>(buffer_.len);
      constexpr std::uint64_t kSmallest =
          shmbuf::layout::classic::kHeaderSize + shmbuf::layout::classic::kMinRequest;
      if (size < kSmallest) {
        raise(Status::invalid, kWhat + ": the buffer has " + std::to_string(size) +
                                   " bytes; it needs at least " + std::to_string(kSmallest) +
                                   ", 16 of them for the header");
      }
      if ((reinterpret_cast<std::uintptr_t>(buffer_.buf) & 3) != 0) {
        raise(Status::invalid, kWhat + ": the buffer must start at an address that is a multiple of 4");
      }
      if (is_producer) {
        ring_.initialise(kWhat, buffer_.buf, usable(size - shmbuf::layout::classic::kHeaderSize));
      } else {
        ring_.attach(kWhat, buffer_.buf, size);
      }
    } catch (...) {
      PyBuffer_Release(&buffer_);
      throw;
    }
  }
  ~ByteRingBuffer() { release(); }
  ByteRingBuffer(const ByteRingBuffer&) = delete;
  ByteRingBuffer& operator=(const ByteRingBuffer&) = delete;

  ClassicRing& ring() {
    if (!ring_.attached()) raise(Status::closed, kWhat + ": it has been closed; make a new one");
    return ring_;
  }
  void close() {
    if (ring_.running()) raise(PyExc_RuntimeError, kWhat + ": another call of this object is running");
    release();
  }

 private:
  static std::uint32_t usable(std::uint64_t bytes) {
    return shmbuf::detail::round_down_to_power_of_two(
        std::min<std::uint64_t>(bytes, shmbuf::layout::classic::kMaxRequest));
  }
  void release() noexcept {
    if (!ring_.attached()) return;
    ring_.detach();
    PyBuffer_Release(&buffer_);
  }

  static const std::string kWhat;
  Py_buffer buffer_{};
  ClassicRing ring_;
};

const std::string ByteRingBuffer::kWhat = "ByteRingBuffer";

}  // namespace

void bind_byte_ring_buffer(nb::module_& module) {
  nb::class_<ByteRingBuffer>(module, "ByteRingBuffer")
      .def(nb::init<nb::handle, bool>(), nb::arg("buf"), nb::kw_only(), nb::arg("is_producer") = false)
      .def(
          "write", [](ByteRingBuffer& b, nb::handle data) { return b.ring().write(data); }, nb::arg("data"),
          "Write one record; return whether there was room. Raises ValueError for an empty one.")
      .def(
          "read", [](ByteRingBuffer& b) { return b.ring().read(); },
          "Take the next record, or return None when there is none. Raises Damaged.")
      .def(
          "writeable_bytes", [](ByteRingBuffer& b) { return b.ring().writable(); },
          "Bytes free; a record needs 4 more than its length.")
      .def(
          "readable_bytes", [](ByteRingBuffer& b) { return b.ring().readable(); },
          "Bytes of records to read, with 4 for the length of each.")
      .def(
          "has_data", [](ByteRingBuffer& b) { return b.ring().readable() >= 4; },
          "Whether there is a record to read.")
      .def("close", &ByteRingBuffer::close, "Let the buffer go. A second call does nothing.")
      .def_prop_ro(
          "capacity", [](ByteRingBuffer& b) { return b.ring().capacity(); },
          "Bytes of the ring, a power of two.");
}

}  // namespace native
