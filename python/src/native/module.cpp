// The module shmbuf._native: thin, over the C++ headers. The Python files beside it make it pleasant.
#include <nanobind/nanobind.h>

#include "classic.hpp"
#include "consumer.hpp"
#include "forks.hpp"
#include "in_place.hpp"
#include "inspection.hpp"
#include "producer.hpp"

NB_MODULE(_native, module) {
  // Handles that are alive at exit are closed by the operating system; that is not worth a warning.
  nb::set_leak_warnings(false);
  native::watch_forks();
  module.def("after_fork_in_child", &native::after_fork_in_child);
  native::bind_in_place(module);
  native::bind_producer(module);
  native::bind_consumer(module);
  native::bind_inspection(module);
  native::bind_byte_ring_buffer(module);
  native::bind_classic_channel(module);
}
