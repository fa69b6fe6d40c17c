// The contestants and limits that this program knows.
#ifndef BENCH_SYSTEMS_HPP_
#define BENCH_SYSTEMS_HPP_

#include <string>

#include "args.hpp"
#include "failure.hpp"

namespace bench {

struct Role {
  std::string task, role;  // stream, produce
  bool is(const char* a_task, const char* a_role) const { return task == a_task && role == a_role; }
};

[[noreturn]] inline void unsupported(const char* system, const Role& role) {
  throw Unsupported(std::string(system) + " has no " + role.task + " " + role.role);
}

void run_shmbuf(const Role& role, Args& args);
void run_classic(const Role& role, Args& args);
void run_boost(const Role& role, Args& args);
void run_zmq(const Role& role, Args& args);

std::string shmbuf_version();
std::string classic_version();
std::string boost_version();
std::string zmq_version_text();

void limit_c2c(Args& args);
void limit_memcpy(Args& args);
void limit_futex(Args& args);

}  // namespace bench

#endif  // BENCH_SYSTEMS_HPP_
