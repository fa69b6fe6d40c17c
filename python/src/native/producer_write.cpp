// The copying calls of a producer. First a try with the GIL held; only what has to wait, or copies much,
// gives it up.
#include "arguments.hpp"
#include "producer.hpp"

namespace native {
namespace {

using shmbuf::Status;

// One try without waiting.
template <class Try>
Status attempt(ProducerHandle& handle, std::size_t bytes, Try attempt_once) {
  if (bytes <= kLongCopy) return attempt_once();
  InCall guard(handle);
  const WithoutGil released;
  return attempt_once();
}

// Raises what a call that stopped after `written` records has to raise.
PyObject* fail(ProducerHandle& handle, Status status, std::uint64_t written, shmbuf::Timeout timeout) {
  if (status == Status::cancelled) return nullptr;  // the signal handler's exception is set
  if (status == Status::timeout && timeout == shmbuf::no_wait) status = Status::would_block;
  if (written == 0) {
    set_producer_error(handle, status);
  } else {
    const std::string after = " (after " + std::to_string(written) + " records had been written)";
    set_error(status, error_text(handle.name, handle.producer().message(), status) + after, "written",
              written);
  }
  return nullptr;
}

bool parse_kind(ProducerHandle& handle, PyObject* argument, std::uint16_t* kind) noexcept {
  *kind = 0;
  if (argument == nullptr) return true;
  try {
    *kind = static_cast<std::uint16_t>(to_unsigned(argument, "kind", handle.name, 65534));
    return true;
  } catch (nb::python_error& error) {
    error.restore();
    return false;
  }
}

// Writes all records of `data` to a channel of fixed-size records, waiting up to `timeout`.
Status write_run(ProducerHandle& handle, const Input& data, shmbuf::Timeout timeout,
                 std::uint64_t* written) {
  const std::size_t size = handle.producer().record_size();
  const std::size_t total = data.size() / size;
  *written = 0;
  const auto rest = [&] { return static_cast<const char*>(data.data()) + *written * size; };
  Status status = Status::ok;
  if (total == 0) return status;
  status = attempt(handle, data.size(), [&] {
    std::size_t n = 0;
    const Status s = handle.producer().try_write_run(rest(), total, &n);
    *written += n;
    return s;
  });
  if (*written == total) return Status::ok;
  if (status != Status::ok && status != Status::would_block) return status;
  if (timeout == shmbuf::no_wait) return Status::would_block;
  return await(handle, timeout, [&](shmbuf::Timeout slice) {
    std::size_t n = 0;
    const Status s = handle.producer().write_run(rest(), total - *written, &n, slice);
    *written += n;
    return *written == total ? Status::ok : s == Status::ok ? Status::timeout : s;
  });
}

bool whole_records(ProducerHandle& handle, const Input& data) {
  const std::size_t size = handle.producer().record_size();
  if (size == 0) {
    set_error(
        Status::invalid,
        about(handle.name) + "runs need fixed-size records; create the channel with record_size or dtype");
    return false;
  }
  if (data.size() % size == 0 && data.size() != 0) return true;
  set_error(Status::invalid, about(handle.name) + std::to_string(data.size()) +
                                 " bytes are not a whole number of records of " + std::to_string(size) +
                                 " bytes");
  return false;
}

PyObject* write(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"data", "kind", "timeout"};
  PyObject* out[3] = {};
  if (!parse_fast("write", arguments, count, keywords, names, 3, 1, out)) return nullptr;
  Input data;
  if (!data.open(out[0])) return nullptr;
  ProducerHandle* handle = entered_producer(self);
  std::uint16_t kind = 0;
  shmbuf::Timeout timeout = shmbuf::forever;
  if (handle == nullptr || !handle->check_dtype(out[0]) || !parse_kind(*handle, out[1], &kind) ||
      !parse_timeout(out[2], handle->name, &timeout)) {
    return nullptr;
  }
  shmbuf::Producer& producer = handle->producer();
  Status status;
  std::uint64_t written = 0;
  if (producer.record_size() != 0 && kind == 0) {
    if (!whole_records(*handle, data)) return nullptr;
    status = write_run(*handle, data, timeout, &written);
  } else {
    status = attempt(*handle, data.size(),
                     [&] { return producer.try_write_kind(kind, data.data(), data.size()); });
    if (status == Status::would_block && timeout != shmbuf::no_wait) {
      status = await(*handle, timeout, [&](shmbuf::Timeout slice) {
        return producer.write_kind(kind, data.data(), data.size(), slice);
      });
    }
  }
  if (status == Status::ok) Py_RETURN_NONE;
  return fail(*handle, status, written, timeout);
}

PyObject* try_write(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"data", "kind"};
  PyObject* out[2] = {};
  if (!parse_fast("try_write", arguments, count, keywords, names, 2, 1, out)) return nullptr;
  Input data;
  if (!data.open(out[0])) return nullptr;
  ProducerHandle* handle = entered_producer(self);
  std::uint16_t kind = 0;
  if (handle == nullptr || !handle->check_dtype(out[0]) || !parse_kind(*handle, out[1], &kind))
    return nullptr;
  const Status status = attempt(*handle, data.size(), [&] {
    return handle->producer().try_write_kind(kind, data.data(), data.size());
  });
  if (status == Status::ok) Py_RETURN_TRUE;
  if (status == Status::would_block) Py_RETURN_FALSE;
  return fail(*handle, status, 0, shmbuf::no_wait);
}

// write_batch and try_write_batch: the number written, or less than all only when time ran out after some.
PyObject* batch(PyObject* self, PyObject* sequence, PyObject* time, bool wait) {
  try {
    const Inputs inputs(sequence);
    ProducerHandle* handle = entered_producer(self);
    shmbuf::Timeout timeout = shmbuf::no_wait;
    if (handle == nullptr || (wait && !parse_timeout(time, handle->name, &timeout))) return nullptr;
    shmbuf::Producer& producer = handle->producer();
    std::size_t done = 0;
    Status status = inputs.count() == 0 ? Status::ok : attempt(*handle, inputs.bytes(), [&] {
      return producer.try_write_batch(inputs.data(), inputs.count(), &done);
    });
    if (done < inputs.count() && (status == Status::ok || status == Status::would_block)) {
      status = timeout == shmbuf::no_wait
                   ? Status::would_block
                   : await(*handle, timeout, [&](shmbuf::Timeout slice) {
                       std::size_t n = 0;
                       const Status s =
                           producer.write_batch(inputs.data() + done, inputs.count() - done, &n, slice);
                       done += n;
                       return done == inputs.count() ? Status::ok : s == Status::ok ? Status::timeout : s;
                     });
    }
    const bool out_of_time = status == Status::would_block || status == Status::timeout;
    if (status == Status::ok || (out_of_time && (done > 0 || !wait))) return PyLong_FromSize_t(done);
    return fail(*handle, status, done, timeout);
  } catch (nb::python_error& error) {
    error.restore();
    return nullptr;
  }
}

PyObject* write_batch(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"records", "timeout"};
  PyObject* out[2] = {};
  if (!parse_fast("write_batch", arguments, count, keywords, names, 2, 1, out)) return nullptr;
  return batch(self, out[0], out[1], true);
}

PyObject* try_write_batch(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                          PyObject* keywords) {
  static const char* const names[] = {"records"};
  PyObject* out[1] = {};
  if (!parse_fast("try_write_batch", arguments, count, keywords, names, 1, 1, out)) return nullptr;
  return batch(self, out[0], nullptr, false);
}

PyObject* run(PyObject* self, PyObject* object, PyObject* time, bool wait) {
  Input data;
  if (!data.open(object)) return nullptr;
  ProducerHandle* handle = entered_producer(self);
  shmbuf::Timeout timeout = shmbuf::no_wait;
  if (handle == nullptr || !handle->check_dtype(object) ||
      (wait && !parse_timeout(time, handle->name, &timeout)) || !whole_records(*handle, data)) {
    return nullptr;
  }
  std::uint64_t written = 0;
  const Status status = write_run(*handle, data, timeout, &written);
  const bool out_of_time = status == Status::would_block || status == Status::timeout;
  if (status == Status::ok || (out_of_time && (written > 0 || !wait)))
    return PyLong_FromUnsignedLongLong(written);
  return fail(*handle, status, written, timeout);
}

PyObject* write_run_method(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                           PyObject* keywords) {
  static const char* const names[] = {"data", "timeout"};
  PyObject* out[2] = {};
  if (!parse_fast("write_run", arguments, count, keywords, names, 2, 1, out)) return nullptr;
  return run(self, out[0], out[1], true);
}

PyObject* try_write_run(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  static const char* const names[] = {"data"};
  PyObject* out[1] = {};
  if (!parse_fast("try_write_run", arguments, count, keywords, names, 1, 1, out)) return nullptr;
  return run(self, out[0], nullptr, false);
}

template <class Function>
PyCFunction method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;

}  // namespace

PyMethodDef producer_write_methods[] = {
    {"write", method(write), kFast,
     "write($self, /, data, kind=0, timeout=None)\n--\n\n"
     "Send one record; on a channel of fixed-size records, a whole number of them.\n\n"
     "`kind` is a tag of 0 to 65534. Blocks until everything is written. When a run of\n"
     "fixed-size records stops half way, the exception has an attribute `written`.\n"
     "Raises TooLarge, PeerDied, TimeoutError, WouldBlock (timeout 0), ClosedError, ValueError."},
    {"try_write", method(try_write), kFast,
     "try_write($self, /, data, kind=0)\n--\n\n"
     "Send one record if there is room for it now; return whether it was sent.\n\n"
     "Of fixed-size records it takes exactly one; see try_write_run for more."},
    {"write_batch", method(write_batch), kFast,
     "write_batch($self, /, records, timeout=None)\n--\n\n"
     "Send records one after the other and return how many were sent.\n\n"
     "Blocks until all are; the result is smaller only when `timeout` passed after some.\n"
     "Raises what write does; `written` of the exception says how many had been sent."},
    {"try_write_batch", method(try_write_batch), kFast,
     "try_write_batch($self, /, records)\n--\n\n"
     "Send as many of the records as there is room for now; return how many."},
    {"write_run", method(write_run_method), kFast,
     "write_run($self, /, data, timeout=None)\n--\n\n"
     "Send a whole number of fixed-size records; otherwise like write_batch."},
    {"try_write_run", method(try_write_run), kFast,
     "try_write_run($self, /, data)\n--\n\n"
     "Send as many fixed-size records of `data` as there is room for now; return how many."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace native
