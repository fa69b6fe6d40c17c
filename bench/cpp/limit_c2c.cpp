// Limit c2c: the round trip between two processors. Two processes, two flags, each alone on its line.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <new>

#include "clock.hpp"
#include "failure.hpp"
#include "spin.hpp"
#include "systems.hpp"

namespace bench {

namespace {

struct Flags {
  alignas(128) std::atomic<std::uint64_t> ping;  // 128: processors fetch lines in pairs
  alignas(128) std::atomic<std::uint64_t> pong;
};

[[noreturn]] void answer(Flags* flags, std::uint64_t rounds) {
  int status = 0;
  try {
    for (std::uint64_t i = 1; i <= rounds; ++i) {
      until(Patience::trip, [&] { return flags->ping.load(std::memory_order_acquire) == i; });
      flags->pong.store(i, std::memory_order_release);
    }
  } catch (const Failure&) {
    status = 1;
  }
  _exit(status);
}

}  // namespace

void limit_c2c(Args& args) {
  const std::uint64_t rounds = args.number("rounds");
  if (rounds == 0) throw Unsupported("0 rounds");
  args.done();
  const std::uint64_t warm = rounds / 10 + 1;

  void* const base =
      mmap(nullptr, sizeof(Flags), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) fail_errno("memory for two flags");
  Flags* const flags = new (base) Flags();
  const pid_t child = fork();
  if (child < 0) fail_errno("a second process");
  if (child == 0) answer(flags, warm + rounds);

  const auto exchange = [&](std::uint64_t i) {
    flags->ping.store(i, std::memory_order_release);
    until(Patience::trip, [&] { return flags->pong.load(std::memory_order_acquire) == i; });
  };
  for (std::uint64_t i = 1; i <= warm; ++i) exchange(i);
  const std::int64_t start = now();
  for (std::uint64_t i = warm + 1; i <= warm + rounds; ++i) exchange(i);
  const double elapsed = static_cast<double>(now() - start);

  int status = 1;
  waitpid(child, &status, 0);
  if (status != 0) throw Failure("the second process failed");
  std::printf("{\"ns\": %.2f}\n", elapsed / static_cast<double>(rounds));
}

}  // namespace bench
