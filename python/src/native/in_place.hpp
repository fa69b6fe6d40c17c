// A record (or run of records) in the ring that Python looks at through the buffer protocol.
#pragma once

#include <memory>

#include "owner.hpp"

namespace native {

// What is held: a view, a run view or a reservation of the C++ headers. Destroying it gives it back.
class Held {
 public:
  virtual ~Held() = default;
  // Gives `count` records back; only a run can give back fewer than all.
  virtual shmbuf::Status release(std::size_t count) = 0;
  virtual shmbuf::Status commit(std::size_t count, std::uint16_t kind) = 0;
};

struct Place {
  void* data = nullptr;
  std::size_t size = 0;
  std::size_t count = 1;        // records
  std::size_t record_size = 0;  // 0: records of varying size
  std::uint64_t seq = 0;
  std::uint16_t kind = 0;
  std::int64_t time = 0;
  bool writable = false;
};

// The object Python sees. It keeps the handle, and with it the mapping, alive. Needs the GIL throughout.
class InPlace {
 public:
  InPlace(nb::object handle, Owner& owner, std::unique_ptr<Held> held, const Place& place)
      : handle_(std::move(handle)), owner_(owner), held_(std::move(held)), place_(place) {
    owner_.set_outstanding(this);
  }
  ~InPlace() { drop(); }
  InPlace(const InPlace&) = delete;
  InPlace& operator=(const InPlace&) = delete;

  const Place& place() const { return place_; }
  const std::string& channel() const { return owner_.name; }
  bool released() const { return held_ == nullptr || discarded_; }
  bool has_views() const { return exports_ > 0; }
  std::string alive_message() const;

  void release(nb::handle count);
  void commit(nb::handle count, nb::handle kind_number);
  void discard();  // gives it back now or when the last view goes
  void drop() noexcept;

  // Buffer protocol.
  int get_buffer(PyObject* self, Py_buffer* buffer, int flags) noexcept;
  void release_buffer() noexcept;

 private:
  void check_usable() const;

  nb::object handle_;
  Owner& owner_;
  std::unique_ptr<Held> held_;
  Place place_;
  Py_ssize_t exports_ = 0;
  bool discarded_ = false;
};

nb::object make_in_place(nb::handle handle, Owner& owner, std::unique_ptr<Held> held, const Place& place);
void bind_in_place(nb::module_& module);

}  // namespace native
