// The native producer: shmbuf::Producer behind the Python class.
#pragma once

#include <memory>

#include "owner.hpp"

namespace native {

class ProducerHandle : public Owner {
 public:
  ProducerHandle() : producer_(new shmbuf::Producer) {}
  ~ProducerHandle();
  ProducerHandle(const ProducerHandle&) = delete;
  ProducerHandle& operator=(const ProducerHandle&) = delete;

  shmbuf::Producer& producer() noexcept { return *producer_; }
  bool is_open() const noexcept { return !closed() && !forked(); }
  void close();

  // Whether `data` may be written to a channel that was made with a dtype; sets the error if not.
  bool check_dtype(PyObject* data) const noexcept;

 private:
  bool leave_to_parent() noexcept override;

  std::unique_ptr<shmbuf::Producer> producer_;
};

// The handle behind `self`, ready for a call; null with a Python error set.
inline ProducerHandle* entered_producer(PyObject* self) noexcept {
  if (!nb::inst_ready(self)) {
    PyErr_SetString(PyExc_RuntimeError, "Producer.__init__ has not been called; use shmbuf.create");
    return nullptr;
  }
  auto* handle = nb::inst_ptr<ProducerHandle>(self);
  return handle->enter() ? handle : nullptr;
}

// Sets the Python error for a status that came out of the handle's C++ producer.
void set_producer_error(ProducerHandle& handle, shmbuf::Status status);

extern PyMethodDef producer_write_methods[];              // producer_write.cpp
void bind_producer(nb::module_& module);                  // producer.cpp
void bind_producer_reserve(nb::class_<ProducerHandle>&);  // producer_reserve.cpp

}  // namespace native
