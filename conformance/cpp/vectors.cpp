// vectors FILE…: runs scripts of spec/vectors on the C++ library, on real segments.
#include <unistd.h>

#include <cstdio>

#include "runner.hpp"

namespace {

bool passes(const std::string& path) {
  std::string base = path.substr(path.rfind('/') + 1);
  base = base.substr(0, base.rfind('.'));
  Step at;
  try {
    Runner runner("vector.cpp." + std::to_string(getpid()) + "." + base);
    for (const Step& step : parse_script(path)) {
      at = step;
      runner.run(step);
    }
    return true;
  } catch (const Mismatch& mismatch) {
    std::printf("%s.vec:%d: %s\n    %s\n", base.c_str(), at.line, at.text.c_str(), mismatch.what());
    return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  int failed = 0;
  for (int i = 1; i < argc; ++i) failed += passes(argv[i]) ? 0 : 1;
  std::printf("%d of %d vectors pass in C++\n", argc - 1 - failed, argc - 1);
  return failed != 0 || argc == 1;
}
