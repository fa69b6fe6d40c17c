// Giving up the GIL for a scope.
#pragma once

#include <nanobind/nanobind.h>

#if defined(__GLIBCXX__) && !defined(_WIN32)
#include <cxxabi.h>
#include <unistd.h>
#define SHMBUF_FORCED_UNWIND 1
#endif

namespace native {

// Unlike nanobind's guard it survives the end of the interpreter: until 3.13 Python ends a daemon thread
// that asks for the GIL then with pthread_exit, whose unwinding must not pass destructors or C++ frames
// that catch. Such a thread sleeps here until the process is gone, as it does in later versions.
class WithoutGil {
 public:
  WithoutGil() noexcept : state_(PyEval_SaveThread()) {}
  ~WithoutGil() {
#if defined(SHMBUF_FORCED_UNWIND)
    try {
      PyEval_RestoreThread(state_);
    } catch (abi::__forced_unwind&) {
      for (;;) ::pause();
    }
#else
    PyEval_RestoreThread(state_);
#endif
  }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* const state_;
};

}  // namespace native
