#include "consumer.hpp"

#include <nanobind/stl/string.h>

#include "arguments.hpp"
#include "in_place.hpp"

namespace native {
namespace {

using shmbuf::Status;

PyObject* self_iterator(PyObject* self) {
  Py_INCREF(self);
  return self;
}

PyType_Slot slots[] = {{Py_tp_methods, consumer_read_methods},
                       {Py_tp_iter, reinterpret_cast<void*>(self_iterator)},
                       {Py_tp_iternext, reinterpret_cast<void*>(consumer_next)},
                       {0, nullptr}};

// Whether an open that said `status` found an object whose creator is still at work on it.
bool not_ready(const std::string& name, Status status) {
  if (status != Status::not_a_channel) return false;
  shmbuf::detail::Segment segment;
  shmbuf::detail::Identity identity;
  std::string why;
  return segment.open(name, false, &why) == Status::ok &&
         shmbuf::detail::identify(segment, &identity, &why) == Status::would_block;
}

void open(ConsumerHandle* self, const std::string& name, nb::handle wait, nb::handle slot, bool await_peer,
          bool keep, nb::object dtype) {
  shmbuf::ConsumerOptions options;
  shmbuf::Timeout timeout = shmbuf::no_wait;
  if (!parse_timeout(wait.ptr(), name, &timeout)) throw nb::python_error();
  options.slot = static_cast<std::uint32_t>(to_unsigned(slot, "slot", name, 1023));
  options.await_peer = await_peer;
  options.keep = keep;
  options.interruptible = true;
  options.language = 3;
  new (self) ConsumerHandle();
  self->name = name;
  Status status = self->consumer().open(name, options);
  if (timeout != shmbuf::no_wait && (status == Status::missing || not_ready(name, status))) {
    const Status waited = await(*self, timeout, [&](shmbuf::Timeout slice) {
      options.wait = slice;
      status = self->consumer().open(name, options);
      return status == Status::missing || not_ready(name, status) ? Status::timeout : status;
    });
    if (waited == Status::cancelled) status = waited;
  }
  if (status != Status::ok) {
    const std::string message = self->consumer().message();
    self->~ConsumerHandle();
    if (status == Status::cancelled) throw nb::python_error();
    raise(status, message);
  }
  self->set_layout(self->consumer().layout());
  self->dtype = std::move(dtype);
}

nb::tuple stats_tuple(const shmbuf::Stats& s) {
  return nb::make_tuple(s.records, s.bytes, s.sleeps, s.wakes, s.guard_hits, s.discarded);
}

}  // namespace

ConsumerHandle::~ConsumerHandle() {
  if (forked() && !left()) (void)consumer_.release();  // a call that will never end holds it
}

bool ConsumerHandle::leave_to_parent() noexcept {
  if (in_call() || closed()) return closed() && !in_call();
  consumer_->close();  // sees that it is not in the process that took the role
  return true;
}

void ConsumerHandle::close() {
  if (forked() || closed()) return;
  if (outstanding() != nullptr && outstanding()->has_views()) {
    raise(PyExc_BufferError, outstanding()->alive_message());
  }
  set_closed();
  {
    const WithoutGil released;  // it waits for a call of another thread to leave
    consumer_->close();
  }
  // Only now: a record that is still peeked has not been released, and is the successor's.
  if (outstanding() != nullptr) outstanding()->drop();
}

void set_consumer_error(ConsumerHandle& handle, Status status) {
  if (status == Status::closed || handle.closed()) {
    set_error(Status::closed, about(handle.name) + "this handle was closed during the call");
  } else {
    set_error(status, error_text(handle.name, handle.consumer().message(), status));
  }
}

void bind_consumer(nb::module_& module) {
  nb::class_<ConsumerHandle> type(module, "Consumer", nb::type_slots(slots));
  type.def("__init__", &open, nb::arg("name"), nb::kw_only(), nb::arg("wait").none() = 0.0,
           nb::arg("slot") = 0, nb::arg("await_peer") = false, nb::arg("keep") = false,
           nb::arg("dtype").none() = nb::none());
  type.def("close", &ConsumerHandle::close)
      .def_prop_ro("name", [](const ConsumerHandle& h) { return h.name; })
      .def_prop_ro("capacity", [](ConsumerHandle& h) { return h.consumer().capacity(); })
      .def_prop_ro("max_record", [](ConsumerHandle& h) { return h.consumer().max_record(); })
      .def_prop_ro("record_size", [](ConsumerHandle& h) { return h.consumer().record_size(); })
      .def_prop_ro("content_type",
                   [](ConsumerHandle& h) { return std::string(h.consumer().content_type()); })
      .def_prop_ro("layout", [](ConsumerHandle& h) { return layout_name(h.consumer().layout()); })
      .def_prop_ro("dtype", [](ConsumerHandle& h) { return h.dtype; })
      .def_prop_ro("is_open", &ConsumerHandle::is_open)
      .def("_stats", [](ConsumerHandle& h) { return stats_tuple(h.consumer().stats()); });
  bind_consumer_peek(type);
}

}  // namespace native
