// The native consumer: shmbuf::Consumer behind the Python class.
#pragma once

#include <memory>

#include "owner.hpp"

namespace native {

class ConsumerHandle : public Owner {
 public:
  ConsumerHandle() : consumer_(new shmbuf::Consumer) {}
  ~ConsumerHandle();
  ConsumerHandle(const ConsumerHandle&) = delete;
  ConsumerHandle& operator=(const ConsumerHandle&) = delete;

  shmbuf::Consumer& consumer() noexcept { return *consumer_; }
  bool is_open() const noexcept { return !closed() && !forked(); }
  void close();

 private:
  bool leave_to_parent() noexcept override;

  std::unique_ptr<shmbuf::Consumer> consumer_;
};

// The handle behind `self`, ready for a call; null with a Python error set.
inline ConsumerHandle* entered_consumer(PyObject* self) noexcept {
  if (!nb::inst_ready(self)) {
    PyErr_SetString(PyExc_RuntimeError, "Consumer.__init__ has not been called; use shmbuf.open");
    return nullptr;
  }
  auto* handle = nb::inst_ptr<ConsumerHandle>(self);
  return handle->enter() ? handle : nullptr;
}

// Sets the Python error for a status that came out of the handle's C++ consumer.
void set_consumer_error(ConsumerHandle& handle, shmbuf::Status status);

extern PyMethodDef consumer_read_methods[];            // consumer_read.cpp
PyObject* consumer_next(PyObject* self);               // consumer_read.cpp
void bind_consumer(nb::module_& module);               // consumer.cpp
void bind_consumer_peek(nb::class_<ConsumerHandle>&);  // consumer_peek.cpp

}  // namespace native
