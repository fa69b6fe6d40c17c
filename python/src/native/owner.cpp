#include "owner.hpp"

#include <cmath>

namespace native {

void Owner::refuse() noexcept {
  if (forked()) {
    set_error(shmbuf::Status::closed,
              about(name) +
                  "this handle belongs to the parent process; after fork, create or open "
                  "the channel in the child");
  } else if (closed_) {
    set_error(shmbuf::Status::closed,
              about(name) + "this handle has been closed; create or open a new one");
  } else if (in_call_) {
    PyErr_SetString(
        PyExc_RuntimeError,
        (about(name) + "another call of this handle is running; use it from one thread at a time").c_str());
  } else {
    set_error(shmbuf::Status::invalid,
              about(name) +
                  "a reserved or peeked record is outstanding; leave its with block (or release it) first");
  }
}

bool parse_timeout(PyObject* argument, const std::string& channel, shmbuf::Timeout* result) noexcept {
  if (argument == nullptr || argument == Py_None) {
    *result = shmbuf::forever;
    return true;
  }
  const double seconds = PyFloat_AsDouble(argument);
  if (seconds == -1.0 && PyErr_Occurred()) return false;
  if (!(seconds >= 0)) {  // also NaN
    set_error(shmbuf::Status::invalid, about(channel) + "timeout " + std::to_string(seconds) +
                                           " is not a time; use seconds from 0, or None to wait for ever");
    return false;
  }
  // A timeout of more than 200 years does not fit 64-bit nanoseconds and is as good as none.
  *result = seconds > 6.0e9 ? shmbuf::forever : shmbuf::Timeout(std::llround(std::ceil(seconds * 1e9)));
  return true;
}

}  // namespace native
