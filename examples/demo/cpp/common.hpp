// What both programs of the demo need: arguments, clocks, and lists as JSON.
#ifndef DEMO_COMMON_HPP_
#define DEMO_COMMON_HPP_

#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace demo {

// The command line as pairs of --name and value.
inline std::map<std::string, std::string> arguments(int argc, char** argv) {
  std::map<std::string, std::string> found;
  for (int i = 1; i + 1 < argc; i += 2) found[argv[i]] = argv[i + 1];
  return found;
}

// CLOCK_MONOTONIC in nanoseconds: the clock of the timestamps.
inline std::int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1000000000 + t.tv_nsec;
}

[[noreturn]] inline void fail(const std::string& who, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", who.c_str(), why.c_str());
  std::exit(1);
}

template <class T>
std::string json(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) text += (text.size() > 1 ? "," : "") + std::to_string(value);
  return text + "]";
}

// Nanoseconds by purpose, written as seconds.
inline std::string json(const std::map<std::string, std::int64_t>& spent) {
  std::string text = "{";
  for (const auto& entry : spent) {
    text += (text.size() > 1 ? ",\"" : "\"") + entry.first + "\":" + std::to_string(entry.second / 1e9);
  }
  return text + "}";
}

}  // namespace demo

#endif  // DEMO_COMMON_HPP_
