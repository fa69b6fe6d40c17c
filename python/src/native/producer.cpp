#include "producer.hpp"

#include <nanobind/stl/string.h>

#include "arguments.hpp"
#include "in_place.hpp"

namespace native {
namespace {

using shmbuf::Status;

constexpr std::uint64_t kAny = UINT64_MAX;

PyType_Slot slots[] = {{Py_tp_methods, producer_write_methods}, {0, nullptr}};

PyObject* interned_dtype() {
  static PyObject* const name = PyUnicode_InternFromString("dtype");
  return name;
}

void create(ProducerHandle* self, const std::string& name, const std::string& layout, nb::handle capacity,
            nb::handle record_size, nb::handle record_count, nb::handle alignment, nb::handle slot_count,
            const std::string& content_type, bool times, bool keep, bool exclusive, bool await_peer,
            bool lazy, nb::handle mode, nb::handle start_position, nb::object dtype) {
  shmbuf::Options options;
  if (layout == "classic") {
    options.layout = shmbuf::Layout::classic;
  } else if (layout != "native") {
    raise(Status::invalid, about(name) + "layout '" + layout + "' is unknown; use 'native' or 'classic'");
  }
  options.capacity = to_option(capacity, "capacity", name, kAny);
  options.record_size = to_option(record_size, "record_size", name, kAny);
  options.record_count = to_option(record_count, "record_count", name, kAny);
  options.alignment = static_cast<std::uint32_t>(to_option(alignment, "alignment", name, 4096));
  options.slots = static_cast<std::uint32_t>(to_option(slot_count, "slots", name, 1024));
  options.mode = static_cast<unsigned>(to_option(mode, "mode", name, 0777));
  options.start_position = to_unsigned(start_position, "start_position", name, kAny);
  options.content_type = content_type;
  options.times = times;
  options.keep = keep;
  options.exclusive = exclusive;
  options.await_peer = await_peer;
  options.lazy = lazy;
  options.interruptible = true;
  options.language = 3;
  new (self) ProducerHandle();
  self->name = name;
  Status status;
  {
    // Nobody else has the handle yet. Reserving a large segment takes time.
    const WithoutGil released;
    status = self->producer().create(name, options);
  }
  if (status != Status::ok) {
    const std::string message = self->producer().message();
    self->~ProducerHandle();
    raise(status, message);
  }
  self->set_layout(self->producer().layout());
  self->dtype = std::move(dtype);
}

nb::tuple stats_tuple(const shmbuf::Stats& s) {
  return nb::make_tuple(s.records, s.bytes, s.sleeps, s.wakes, s.guard_hits, s.discarded);
}

}  // namespace

ProducerHandle::~ProducerHandle() {
  if (forked() && !left()) (void)producer_.release();  // a call that will never end holds it
}

bool ProducerHandle::leave_to_parent() noexcept {
  if (in_call() || closed()) return closed() && !in_call();
  producer_->close();  // sees that it is not in the process that took the role
  return true;
}

void ProducerHandle::close() {
  if (forked() || closed()) return;
  if (outstanding() != nullptr) {
    if (outstanding()->has_views()) raise(PyExc_BufferError, outstanding()->alive_message());
    outstanding()->drop();
  }
  set_closed();
  const WithoutGil released;  // it waits for a call of another thread to leave
  producer_->close();
}

bool ProducerHandle::check_dtype(PyObject* data) const noexcept {
  if (dtype.is_none() || PyBytes_CheckExact(data)) return true;
  PyObject* other = PyObject_GetAttr(data, interned_dtype());
  if (other == nullptr) {  // bytes of another kind: only their number can be checked
    PyErr_Clear();
    return true;
  }
  const int same = other == dtype.ptr() ? 1 : PyObject_RichCompareBool(other, dtype.ptr(), Py_EQ);
  if (same == 0) {
    PyErr_Format(PyExc_ValueError,
                 "channel '%s': its records have dtype %S, the array has %S; convert it with astype",
                 name.c_str(), dtype.ptr(), other);
  }
  Py_DECREF(other);
  return same == 1;
}

void set_producer_error(ProducerHandle& handle, Status status) {
  if (status == Status::closed || handle.closed()) {
    set_error(Status::closed, about(handle.name) + "this handle was closed during the call");
  } else {
    set_error(status, error_text(handle.name, handle.producer().message(), status));
  }
}

void bind_producer(nb::module_& module) {
  nb::class_<ProducerHandle> type(module, "Producer", nb::type_slots(slots));
  type.def("__init__", &create, nb::arg("name"), nb::kw_only(), nb::arg("layout") = "native",
           nb::arg("capacity").none() = nb::none(), nb::arg("record_size").none() = nb::none(),
           nb::arg("record_count").none() = nb::none(), nb::arg("alignment").none() = nb::none(),
           nb::arg("slots") = 1, nb::arg("content_type") = "", nb::arg("times") = false,
           nb::arg("keep") = false, nb::arg("exclusive") = false, nb::arg("await_peer") = false,
           nb::arg("lazy") = false, nb::arg("mode").none() = nb::none(), nb::arg("start_position") = 0,
           nb::arg("dtype").none() = nb::none());
  type.def("close", &ProducerHandle::close)
      .def_prop_ro("name", [](const ProducerHandle& h) { return h.name; })
      .def_prop_ro("capacity", [](ProducerHandle& h) { return h.producer().capacity(); })
      .def_prop_ro("max_record", [](ProducerHandle& h) { return h.producer().max_record(); })
      .def_prop_ro("record_size", [](ProducerHandle& h) { return h.producer().record_size(); })
      .def_prop_ro("content_type",
                   [](ProducerHandle& h) { return std::string(h.producer().content_type()); })
      .def_prop_ro("layout", [](ProducerHandle& h) { return layout_name(h.producer().layout()); })
      .def_prop_ro("notice", [](ProducerHandle& h) { return std::string(h.producer().notice()); })
      .def_prop_ro("dtype", [](ProducerHandle& h) { return h.dtype; })
      .def_prop_ro("is_open", &ProducerHandle::is_open)
      .def("_stats", [](ProducerHandle& h) { return stats_tuple(h.producer().stats()); });
  bind_producer_reserve(type);
}

}  // namespace native
