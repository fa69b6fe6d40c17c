// Reservations: space in the ring that Python fills in place.
#include "arguments.hpp"
#include "in_place.hpp"
#include "producer.hpp"

namespace native {
namespace {

using shmbuf::Status;

// Owns a reservation of the C++ headers, whose destructor aborts.
class HeldReservation final : public Held {
 public:
  explicit HeldReservation(shmbuf::Reservation reservation) : reservation_(std::move(reservation)) {}
  Status release(std::size_t) override {
    reservation_.abort();
    return Status::ok;
  }
  Status commit(std::size_t size, std::uint16_t kind) override { return reservation_.commit(size, kind); }

 private:
  shmbuf::Reservation reservation_;
};

class HeldRunReservation final : public Held {
 public:
  explicit HeldRunReservation(shmbuf::RunReservation reservation) : reservation_(std::move(reservation)) {}
  Status release(std::size_t) override {
    reservation_.abort();
    return Status::ok;
  }
  Status commit(std::size_t records, std::uint16_t kind) override {
    return kind == 0 ? reservation_.commit(records) : Status::invalid;
  }

 private:
  shmbuf::RunReservation reservation_;
};

// Reserves with `once(timeout)`, first without waiting. False when there is no room and `wait` is false.
template <class Space, class Once>
bool reserve_with(ProducerHandle& handle, Space& space, shmbuf::Timeout timeout, bool wait, Once once) {
  space = once(shmbuf::no_wait);
  Status status = space.status();
  if (status == Status::would_block && timeout != shmbuf::no_wait) {
    status = await(handle, timeout, [&](shmbuf::Timeout slice) {
      space = once(slice);
      return space.status();
    });
  }
  if (status == Status::cancelled) throw nb::python_error();
  if (status == Status::would_block && !wait) return false;
  if (status == Status::ok && handle.closed()) status = Status::closed;
  if (status == Status::ok) return true;
  set_producer_error(handle, status);
  throw nb::python_error();
}

nb::object reserve(nb::handle self, nb::handle size_argument, PyObject* time, bool wait) {
  ProducerHandle* handle = entered_producer(self.ptr());
  if (handle == nullptr) throw nb::python_error();
  shmbuf::Producer& producer = handle->producer();
  const bool run = producer.record_size() != 0;
  const auto size = static_cast<std::size_t>(
      to_unsigned(size_argument, run ? "record count" : "size", handle->name, PTRDIFF_MAX));
  if (run && size == 0) raise(Status::invalid, about(handle->name) + "reserve at least 1 record");
  shmbuf::Timeout timeout = shmbuf::no_wait;
  if (wait && !parse_timeout(time, handle->name, &timeout)) throw nb::python_error();

  Place place;
  place.record_size = static_cast<std::size_t>(producer.record_size());
  place.writable = true;
  if (!run) {
    shmbuf::Reservation space;
    const auto once = [&](shmbuf::Timeout t) { return producer.reserve(size, t); };
    if (!reserve_with(*handle, space, timeout, wait, once)) return nb::none();
    place.data = space.data();
    place.size = space.size();
    return make_in_place(self, *handle, std::unique_ptr<Held>(new HeldReservation(std::move(space))),
                         place);
  }
  shmbuf::RunReservation space;
  const auto once = [&](shmbuf::Timeout t) { return producer.reserve_run(size, t); };
  if (!reserve_with(*handle, space, timeout, wait, once)) return nb::none();
  place.data = space.data();
  place.count = space.count();
  place.size = place.count * place.record_size;
  return make_in_place(self, *handle, std::unique_ptr<Held>(new HeldRunReservation(std::move(space))),
                       place);
}

}  // namespace

void bind_producer_reserve(nb::class_<ProducerHandle>& type) {
  type.def(
          "_reserve",
          [](nb::handle self, nb::handle size, nb::handle timeout) {
            return reserve(self, size, timeout.ptr(), true);
          },
          nb::arg("size"), nb::arg("timeout").none())
      .def(
          "_try_reserve",
          [](nb::handle self, nb::handle size) { return reserve(self, size, nullptr, false); },
          nb::arg("size"));
}

}  // namespace native
