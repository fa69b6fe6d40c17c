// Limit futex: the round trip of case wake with nothing but futex words between two processes. Each side
// sleeps at once.
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>

#include "failure.hpp"
#include "systems.hpp"
#include "wake.hpp"

namespace bench {

namespace {

// One direction. The word counts messages; the stamp of the last one lies beside it.
struct alignas(128) FutexSlot {
  std::atomic<std::uint32_t> word;
  Stamp stamp;
};
static_assert(sizeof(std::atomic<std::uint32_t>) == 4, "the kernel looks at four bytes");

struct FutexOut {
  FutexSlot* slot;
  void send(const void* message, std::size_t) {
    std::memcpy(&slot->stamp, message, sizeof(Stamp));
    slot->word.fetch_add(1, std::memory_order_release);  // the receiver's acquire sees the stamp
    syscall(SYS_futex, &slot->word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
};

struct FutexIn {
  FutexSlot* slot;
  std::uint32_t seen;
  std::size_t receive(void* message, std::size_t size) {
    while (slot->word.load(std::memory_order_acquire) == seen)
      syscall(SYS_futex, &slot->word, FUTEX_WAIT, seen, nullptr, nullptr, 0);
    ++seen;
    std::memcpy(message, &slot->stamp, sizeof(Stamp));
    return size;
  }
};

}  // namespace

void limit_futex(Args& args) {
  Wake wake(args, Wake::Limit());
  if (wake.size != 0) throw Unsupported("futex carries no messages: size=0");
  wake.size = sizeof(Stamp);

  void* const base =
      mmap(nullptr, 2 * sizeof(FutexSlot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) fail_errno("memory for two futexes");
  FutexSlot* const slots = static_cast<FutexSlot*>(base);
  for (int i = 0; i < 2; ++i) new (slots + i) FutexSlot();
  const pid_t child = fork();
  if (child < 0) fail_errno("a second process");
  if (child == 0) {
    FutexOut out = {&slots[1]};
    FutexIn in = {&slots[0], 0};
    wake_pong(wake, out, in);
    _exit(0);
  }
  FutexOut out = {&slots[0]};
  FutexIn in = {&slots[1], 0};
  wake_ping(wake, out, in);
  int status = 1;
  waitpid(child, &status, 0);
  if (status != 0) throw Failure("the second process failed");
}

}  // namespace bench
