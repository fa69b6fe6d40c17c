// The copying calls of a consumer, and iteration. First a try with the GIL held; only what has to wait, or
// copies much, gives it up.
#include <cstring>

#include "arguments.hpp"
#include "consumer.hpp"

namespace native {
namespace {

using shmbuf::Status;

// A copy of the record in `view`, which is consumed exactly when it is returned: not when memory is short,
// nor (*status is `closed` then) when another thread closes the consumer meanwhile.
PyObject* take(ConsumerHandle& handle, shmbuf::View& view, Status* status) {
  const std::size_t size = view.size();
  PyObject* result = PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size));
  if (result == nullptr) {
    view.cancel();
    return nullptr;
  }
  char* to = PyBytes_AS_STRING(result);
  if (size <= kLongCopy) {
    if (size != 0) std::memcpy(to, view.data(), size);
    *status = view.release();
  } else {
    InCall guard(handle);
    const WithoutGil released;
    // A close() from another thread leaves the mapping until the view is released.
    std::memcpy(to, view.data(), size);
    *status = view.release();
  }
  if (*status == Status::ok) return result;
  Py_DECREF(result);
  return nullptr;
}

// The next record as bytes; null and *status when there is none (with the error set for `cancelled`).
PyObject* next_record(ConsumerHandle& handle, shmbuf::Timeout timeout, Status* status) {
  shmbuf::View view = handle.consumer().try_peek();
  *status = view.status();
  if (*status == Status::would_block && timeout != shmbuf::no_wait) {
    *status = await(handle, timeout, [&](shmbuf::Timeout slice) {
      view = handle.consumer().peek(slice);
      return view.status();
    });
    if (*status == Status::ok && handle.closed()) *status = Status::closed;
  }
  return *status == Status::ok ? take(handle, view, status) : nullptr;
}

PyObject* fail(ConsumerHandle& handle, Status status, shmbuf::Timeout timeout) {
  if (PyErr_Occurred()) return nullptr;
  if (status == Status::timeout && timeout == shmbuf::no_wait) status = Status::would_block;
  set_consumer_error(handle, status);
  return nullptr;
}

PyObject* read(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"timeout"};
  PyObject* out[1] = {};
  if (!parse_fast("read", arguments, count, keywords, names, 1, 0, out)) return nullptr;
  ConsumerHandle* handle = entered_consumer(self);
  shmbuf::Timeout timeout = shmbuf::forever;
  if (handle == nullptr || !parse_timeout(out[0], handle->name, &timeout)) return nullptr;
  Status status;
  PyObject* result = next_record(*handle, timeout, &status);
  return result != nullptr ? result : fail(*handle, status, timeout);
}

PyObject* try_read(PyObject* self, PyObject*) {
  ConsumerHandle* handle = entered_consumer(self);
  if (handle == nullptr) return nullptr;
  Status status;
  PyObject* result = next_record(*handle, shmbuf::no_wait, &status);
  if (result != nullptr) return result;
  if (status == Status::would_block) Py_RETURN_NONE;
  return fail(*handle, status, shmbuf::no_wait);
}

PyObject* into(PyObject* self, PyObject* buffer, PyObject* time, bool wait) {
  Input target;
  if (!target.open(buffer, PyBUF_WRITABLE)) return nullptr;
  ConsumerHandle* handle = entered_consumer(self);
  shmbuf::Timeout timeout = shmbuf::no_wait;
  if (handle == nullptr || (wait && !parse_timeout(time, handle->name, &timeout))) return nullptr;
  std::size_t length = 0;
  const auto once = [&] { return handle->consumer().try_read(target.data(), target.size(), &length); };
  Status status;
  if (target.size() <= kLongCopy) {
    status = once();
  } else {
    InCall guard(*handle);
    const WithoutGil released;
    status = once();
  }
  if (status == Status::would_block && timeout != shmbuf::no_wait) {
    status = await(*handle, timeout, [&](shmbuf::Timeout slice) {
      return handle->consumer().read(target.data(), target.size(), &length, slice);
    });
  }
  if (status == Status::ok) return PyLong_FromSize_t(length);
  if (status == Status::would_block && !wait) Py_RETURN_NONE;
  if (status != Status::short_buffer) return fail(*handle, status, timeout);
  set_error(status, error_text(handle->name, handle->consumer().message(), status), "needed", length);
  return nullptr;
}

PyObject* read_into(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"buffer", "timeout"};
  PyObject* out[2] = {};
  if (!parse_fast("read_into", arguments, count, keywords, names, 2, 1, out)) return nullptr;
  return into(self, out[0], out[1], true);
}

PyObject* try_read_into(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"buffer"};
  PyObject* out[1] = {};
  if (!parse_fast("try_read_into", arguments, count, keywords, names, 1, 1, out)) return nullptr;
  return into(self, out[0], nullptr, false);
}

PyObject* batch(PyObject* self, PyObject* max_argument, PyObject* time, bool wait) {
  try {
    ConsumerHandle* handle = entered_consumer(self);
    shmbuf::Timeout timeout = shmbuf::no_wait;
    if (handle == nullptr || (wait && !parse_timeout(time, handle->name, &timeout))) return nullptr;
    const std::uint64_t max =
        max_argument == nullptr ? 256 : to_unsigned(max_argument, "max", handle->name, PTRDIFF_MAX);
    if (max == 0) raise(Status::invalid, about(handle->name) + "max 0 asks for nothing; use at least 1");
    nb::object list = nb::steal(PyList_New(0));
    if (!list.is_valid()) return nullptr;
    for (std::uint64_t n = 0; n < max; ++n) {
      Status status;
      nb::object record = nb::steal(next_record(*handle, n == 0 ? timeout : shmbuf::no_wait, &status));
      if (!record.is_valid()) {
        // What was taken already is delivered; an end or an error comes with the next call.
        if (n > 0 && !PyErr_Occurred()) break;
        if (!wait && status == Status::would_block) break;
        return fail(*handle, status, timeout);
      }
      if (PyList_Append(list.ptr(), record.ptr()) != 0) return nullptr;
    }
    return list.release().ptr();
  } catch (nb::python_error& error) {
    error.restore();
    return nullptr;
  }
}

PyObject* read_batch(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"max", "timeout"};
  PyObject* out[2] = {};
  if (!parse_fast("read_batch", arguments, count, keywords, names, 2, 0, out)) return nullptr;
  return batch(self, out[0], out[1], true);
}

PyObject* try_read_batch(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"max"};
  PyObject* out[1] = {};
  if (!parse_fast("try_read_batch", arguments, count, keywords, names, 1, 0, out)) return nullptr;
  return batch(self, out[0], nullptr, false);
}

template <class Function>
PyCFunction method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;

}  // namespace

PyObject* consumer_next(PyObject* self) {
  ConsumerHandle* handle = entered_consumer(self);
  if (handle == nullptr) return nullptr;
  Status status;
  PyObject* result = next_record(*handle, shmbuf::forever, &status);
  if (result != nullptr) return result;
  if (status == Status::end_of_stream && !PyErr_Occurred()) return nullptr;  // ends the loop
  return fail(*handle, status, shmbuf::forever);
}

PyMethodDef consumer_read_methods[] = {
    {"read", method(read), kFast,
     "read($self, /, timeout=None)\n--\n\n"
     "Take the next record out of the channel, as a copy. Blocks until there is one.\n\n"
     "Raises EndOfStream, PeerDied, Retired, Damaged, TimeoutError, WouldBlock (timeout 0),\n"
     "ClosedError."},
    {"try_read", try_read, METH_NOARGS,
     "try_read($self, /)\n--\n\n"
     "Take the next record, or return None when there is none now. Raises as read does."},
    {"read_into", method(read_into), kFast,
     "read_into($self, /, buffer, timeout=None)\n--\n\n"
     "Copy the next record into a writable buffer and return its length. Blocks.\n\n"
     "A record that is longer stays in the channel: ShortBuffer, whose `needed` is its length."},
    {"try_read_into", method(try_read_into), kFast,
     "try_read_into($self, /, buffer)\n--\n\n"
     "Like read_into, but return None when there is no record now."},
    {"read_batch", method(read_batch), kFast,
     "read_batch($self, /, max=256, timeout=None)\n--\n\n"
     "Take 1 to `max` records: blocks until there is one, then takes what is there."},
    {"try_read_batch", method(try_read_batch), kFast,
     "try_read_batch($self, /, max=256)\n--\n\n"
     "Take up to `max` records that are there now; the list may be empty."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace native
