// The C++ contestants of the benchmark and the limits of the machine:
//   bench-cpp SYSTEM CASE ROLE key=value…   one side of a case; what a role measured is one line of JSON
//   bench-cpp LIMIT key=value…
//   bench-cpp SYSTEM version
// Exit codes: 0 done, 1 failed, 2 unsupported.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "args.hpp"
#include "failure.hpp"
#include "systems.hpp"

namespace bench {
namespace {

struct System {
  const char* name;
  void (*run)(const Role& role, Args& args);
  std::string (*version)();
};
const System kSystems[] = {
    {"shmbuf", run_shmbuf, shmbuf_version},
    {"classic", run_classic, classic_version},
    {"boost", run_boost, boost_version},
    {"zmq", run_zmq, zmq_version_text},
};

struct Limit {
  const char* name;
  void (*run)(Args& args);
};
const Limit kLimits[] = {{"c2c", limit_c2c}, {"memcpy", limit_memcpy}, {"futex", limit_futex}};

void print_version(const std::string& version) { std::printf("{\"version\": \"%s\"}\n", version.c_str()); }

void run(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  const bool version = argc == 3 && std::strcmp(argv[2], "version") == 0;
  for (const Limit& limit : kLimits) {
    if (name != limit.name) continue;
    if (version) return print_version(std::string("compiled by ") + __VERSION__);
    Args args(argc - 2, argv + 2);
    return limit.run(args);
  }
  for (const System& system : kSystems) {
    if (name != system.name) continue;
    if (version) return print_version(system.version());
    if (argc < 4) throw Unsupported("usage: bench-cpp " + name + " CASE ROLE key=value…");
    const Role role = {argv[2], argv[3]};
    Args args(argc - 4, argv + 4);
    return system.run(role, args);
  }
  throw Unsupported("there is no system '" + name +
                    "'; shmbuf, classic, boost, zmq, c2c, memcpy and futex are known");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    bench::run(argc, argv);
    return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const bench::Unsupported& reason) {
    std::fprintf(stderr, "unsupported: %s\n", reason.what());
    return 2;
  } catch (const std::exception& reason) {
    std::fprintf(stderr, "%s\n", reason.what());
    return 1;
  }
}
