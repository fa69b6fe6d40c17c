#include "in_place.hpp"

#include <nanobind/stl/string.h>

#include "arguments.hpp"

namespace native {
namespace {

using shmbuf::Status;

int get_buffer(PyObject* self, Py_buffer* buffer, int flags) {
  if (!nb::inst_ready(self)) {
    PyErr_SetString(PyExc_ValueError, "this object was not made by a channel");
    return -1;
  }
  return nb::inst_ptr<InPlace>(self)->get_buffer(self, buffer, flags);
}

void release_buffer(PyObject* self, Py_buffer*) { nb::inst_ptr<InPlace>(self)->release_buffer(); }

PyType_Slot slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
                       {Py_bf_releasebuffer, reinterpret_cast<void*>(release_buffer)},
                       {0, nullptr}};

}  // namespace

std::string InPlace::alive_message() const {
  return about(owner_.name) +
         "arrays or slices made from this record are still alive, so it cannot be given back; delete them "
         "(del) or "
         "copy them before the with block ends";
}

void InPlace::check_usable() const {
  if (owner_.forked() || (owner_.closed() && held_ == nullptr)) {
    const_cast<Owner&>(owner_).enter();  // sets the error that fits
    throw nb::python_error();
  }
  if (released()) {
    raise(Status::invalid,
          about(owner_.name) + "this record has been released, committed or aborted already");
  }
  if (has_views()) raise(PyExc_BufferError, alive_message());
}

void InPlace::release(nb::handle count) {
  if (count.is_none()) {
    if (released()) return;
    check_usable();
    drop();
    return;
  }
  check_usable();
  const std::uint64_t wanted = to_unsigned(count, "count", owner_.name, place_.count);
  const Status status = held_->release(wanted);
  drop();
  if (status != Status::ok) raise(status, about(owner_.name) + "releasing failed");
}

void InPlace::commit(nb::handle count, nb::handle kind_number) {
  check_usable();
  const auto kind = static_cast<std::uint16_t>(to_unsigned(kind_number, "kind", owner_.name, 65534));
  const bool run = place_.record_size != 0;
  const std::size_t all = run ? place_.count : place_.size;
  const std::uint64_t wanted =
      count.is_none() ? all : to_unsigned(count, run ? "record count" : "size", owner_.name, all);
  const Status status = held_->commit(wanted, kind);
  if (status == Status::invalid) {  // nothing was published; the reservation is still there
    raise(status, about(owner_.name) + "cannot commit " + std::to_string(wanted) + " with kind " +
                      std::to_string(kind) + " here; a classic record has at least 1 byte and kind 0");
  }
  drop();
  if (status != Status::ok) raise(status, about(owner_.name) + "commit failed");
}

void InPlace::discard() {
  if (held_ == nullptr) return;
  if (has_views()) {
    discarded_ = true;
  } else {
    drop();
  }
}

void InPlace::drop() noexcept {
  if (held_ == nullptr) return;
  if (owner_.forked() && !owner_.left()) {
    (void)held_.release();  // the parent's: neither the ring nor the handle may be touched here
  } else {
    held_.reset();
  }
  owner_.set_outstanding(nullptr);
}

int InPlace::get_buffer(PyObject* self, Py_buffer* buffer, int flags) noexcept {
  if (released()) {
    buffer->obj = nullptr;
    set_error(
        Status::invalid,
        about(owner_.name) + "this record has been released, committed or aborted; its bytes are gone");
    return -1;
  }
  if (owner_.forked()) {
    buffer->obj = nullptr;
    owner_.enter();
    return -1;
  }
  static char nothing = 0;
  void* data = place_.size == 0 ? &nothing : place_.data;
  if (PyBuffer_FillInfo(buffer, self, data, static_cast<Py_ssize_t>(place_.size), place_.writable ? 0 : 1,
                        flags) != 0)
    return -1;
  ++exports_;
  return 0;
}

void InPlace::release_buffer() noexcept {
  if (--exports_ == 0 && discarded_) drop();
}

nb::object make_in_place(nb::handle handle, Owner& owner, std::unique_ptr<Held> held, const Place& place) {
  nb::object result = nb::inst_alloc(nb::type<InPlace>());
  new (nb::inst_ptr<InPlace>(result)) InPlace(nb::borrow(handle), owner, std::move(held), place);
  nb::inst_mark_ready(result);
  return result;
}

void bind_in_place(nb::module_& module) {
  nb::class_<InPlace>(module, "InPlace", nb::type_slots(slots), nb::is_final())
      .def_prop_ro("released", &InPlace::released)
      .def_prop_ro("channel", &InPlace::channel)
      .def_prop_ro("nbytes", [](const InPlace& p) { return p.place().size; })
      .def_prop_ro("count", [](const InPlace& p) { return p.place().count; })
      .def_prop_ro("record_size", [](const InPlace& p) { return p.place().record_size; })
      .def_prop_ro("seq", [](const InPlace& p) { return p.place().seq; })
      .def_prop_ro("kind", [](const InPlace& p) { return p.place().kind; })
      .def_prop_ro("time", [](const InPlace& p) { return p.place().time; })
      .def("alive_message", &InPlace::alive_message)
      .def("release", &InPlace::release, nb::arg("count").none() = nb::none())
      .def("commit", &InPlace::commit, nb::arg("size").none(), nb::arg("kind"))
      .def("discard", &InPlace::discard);
}

}  // namespace native
