// Peeked records and runs: Python reads them in place.
#include "arguments.hpp"
#include "consumer.hpp"
#include "in_place.hpp"

namespace native {
namespace {

using shmbuf::Status;

// Owns a view of the C++ headers, whose destructor releases the record.
class HeldView final : public Held {
 public:
  explicit HeldView(shmbuf::View view) : view_(std::move(view)) {}
  Status release(std::size_t) override {
    view_.release();
    return Status::ok;
  }
  Status commit(std::size_t, std::uint16_t) override { return Status::invalid; }

 private:
  shmbuf::View view_;
};

class HeldRun final : public Held {
 public:
  explicit HeldRun(shmbuf::RunView view) : view_(std::move(view)) {}
  Status release(std::size_t count) override {
    view_.release(count);
    return Status::ok;
  }
  Status commit(std::size_t, std::uint16_t) override { return Status::invalid; }

 private:
  shmbuf::RunView view_;
};

// Peeks with `once(timeout)`, first without waiting. Null when there is nothing and `wait` is false.
template <class View, class Once>
bool peek_with(ConsumerHandle& handle, View& view, shmbuf::Timeout timeout, bool wait, Once once) {
  view = once(shmbuf::no_wait);
  Status status = view.status();
  if (status == Status::would_block && timeout != shmbuf::no_wait) {
    status = await(handle, timeout, [&](shmbuf::Timeout slice) {
      view = once(slice);
      return view.status();
    });
  }
  if (status == Status::cancelled) throw nb::python_error();
  if (status == Status::would_block && !wait) return false;
  if (status == Status::ok && handle.closed()) status = Status::closed;
  if (status == Status::ok) return true;
  set_consumer_error(handle, status);
  throw nb::python_error();
}

nb::object peek(nb::handle self, nb::handle max_argument, PyObject* time, bool wait) {
  ConsumerHandle* handle = entered_consumer(self.ptr());
  if (handle == nullptr) throw nb::python_error();
  shmbuf::Consumer& consumer = handle->consumer();
  shmbuf::Timeout timeout = shmbuf::no_wait;
  if (wait && !parse_timeout(time, handle->name, &timeout)) throw nb::python_error();
  std::uint64_t max = to_option(max_argument, "max", handle->name, PTRDIFF_MAX);
  Place place;
  place.record_size = consumer.record_size();
  if (place.record_size == 0) {
    if (max != 0) {
      raise(Status::invalid,
            about(handle->name) + "max is for channels of fixed-size records; here peek gives one record");
    }
    shmbuf::View view;
    if (!peek_with(*handle, view, timeout, wait, [&](shmbuf::Timeout t) { return consumer.peek(t); }))
      return nb::none();
    place.data = const_cast<void*>(static_cast<const void*>(view.data()));
    place.size = view.size();
    place.seq = view.seq();
    place.kind = view.kind();
    place.time = view.time();
    return make_in_place(self, *handle, std::unique_ptr<Held>(new HeldView(std::move(view))), place);
  }
  if (max == 0) max = PTRDIFF_MAX;
  shmbuf::RunView view;
  if (!peek_with(*handle, view, timeout, wait,
                 [&](shmbuf::Timeout t) { return consumer.peek_run(static_cast<std::size_t>(max), t); })) {
    return nb::none();
  }
  place.data = const_cast<void*>(static_cast<const void*>(view.data()));
  place.count = view.count();
  place.size = place.count * place.record_size;
  place.seq = view.seq();
  return make_in_place(self, *handle, std::unique_ptr<Held>(new HeldRun(std::move(view))), place);
}

}  // namespace

void bind_consumer_peek(nb::class_<ConsumerHandle>& type) {
  type.def(
          "_peek",
          [](nb::handle self, nb::handle max, nb::handle timeout) {
            return peek(self, max, timeout.ptr(), true);
          },
          nb::arg("max").none(), nb::arg("timeout").none())
      .def(
          "_try_peek", [](nb::handle self, nb::handle max) { return peek(self, max, nullptr, false); },
          nb::arg("max").none());
}

}  // namespace native
