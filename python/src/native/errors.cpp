#include "errors.hpp"

namespace native {
namespace {

// The exception object, made by shmbuf.errors, which holds the table; null with an error set otherwise.
PyObject* make(shmbuf::Status status, const std::string& message) noexcept {
  PyObject* module = PyImport_ImportModule("shmbuf.errors");
  if (module == nullptr) return nullptr;
  PyObject* text = PyUnicode_DecodeUTF8(message.data(), static_cast<Py_ssize_t>(message.size()), "replace");
  PyObject* result = nullptr;
  if (text != nullptr) {
    result = PyObject_CallMethod(module, "_make", "iO", static_cast<int>(status), text);
    Py_DECREF(text);
  }
  Py_DECREF(module);
  return result;
}

void set(PyObject* exception) noexcept {
  if (exception == nullptr) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
  Py_DECREF(exception);
}

}  // namespace

void set_error(shmbuf::Status status, const std::string& message) noexcept { set(make(status, message)); }

void set_error(shmbuf::Status status, const std::string& message, const char* attribute,
               std::uint64_t value) noexcept {
  PyObject* exception = make(status, message);
  if (exception == nullptr) return;
  PyObject* number = PyLong_FromUnsignedLongLong(value);
  if (number == nullptr || PyObject_SetAttrString(exception, attribute, number) != 0) PyErr_Clear();
  Py_XDECREF(number);
  set(exception);
}

std::string error_text(const std::string& channel, const std::string& message, shmbuf::Status status) {
  switch (status) {
    case shmbuf::Status::would_block:
    case shmbuf::Status::end_of_stream:
    case shmbuf::Status::timeout:
      break;  // what the handle remembers may be older
    default:
      if (!message.empty()) return message;
  }
  const auto& text = shmbuf::detail::status_text(status);
  return about(channel) + text.meaning + "; " + text.action;
}

void raise(shmbuf::Status status, const std::string& message) {
  set_error(status, message);
  throw nb::python_error();
}

void raise(PyObject* type, const std::string& message) {
  PyErr_SetString(type, message.c_str());
  throw nb::python_error();
}

}  // namespace native
