// The yardsticks of the stage benchmark, as separate processes:
//   stage pingpong ROUNDS             nanoseconds of a round trip of two flags
//   stage produce|consume NAME COUNT  64-byte records over a classic ring as one writes it
//                                     plainly: memcpy, acquire, release, nothing cached
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

namespace {

constexpr std::uint32_t kCapacity = 1u << 20;
constexpr std::uint32_t kRecord = 64;
constexpr std::size_t kHeader = 16;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void pause_cpu() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

struct Header {
  std::atomic<std::uint32_t> head, tail;
  std::uint32_t capacity, zero;
};

struct Ring {
  Header* header;
  unsigned char* data;

  void put(std::uint32_t position, const void* from, std::uint32_t size) {
    const std::uint32_t at = position & (kCapacity - 1);
    const std::uint32_t first = size < kCapacity - at ? size : kCapacity - at;
    std::memcpy(data + at, from, first);
    std::memcpy(data, static_cast<const unsigned char*>(from) + first, size - first);
  }
  void get(std::uint32_t position, void* to, std::uint32_t size) const {
    const std::uint32_t at = position & (kCapacity - 1);
    const std::uint32_t first = size < kCapacity - at ? size : kCapacity - at;
    std::memcpy(to, data + at, first);
    std::memcpy(static_cast<unsigned char*>(to) + first, data, size - first);
  }
  bool write(const void* from, std::uint32_t size) {
    const std::uint32_t head = header->head.load(std::memory_order_relaxed);
    // Acquire: the consumer's copies before its release are over.
    const std::uint32_t tail = header->tail.load(std::memory_order_acquire);
    if (kCapacity - (head - tail) < sizeof(size) + size) return false;
    put(head, &size, sizeof(size));
    put(head + sizeof(size), from, size);
    header->head.store(head + static_cast<std::uint32_t>(sizeof(size)) + size, std::memory_order_release);
    return true;
  }
  std::uint32_t read(void* to) {
    const std::uint32_t tail = header->tail.load(std::memory_order_relaxed);
    // Acquire: what the producer stored before its release is there.
    if (header->head.load(std::memory_order_acquire) == tail) return 0;
    std::uint32_t size;
    get(tail, &size, sizeof(size));
    if (size > kRecord) std::abort();
    get(tail + sizeof(size), to, size);
    header->tail.store(tail + static_cast<std::uint32_t>(sizeof(size)) + size, std::memory_order_release);
    return size;
  }
};

// The producer makes the object, the consumer waits for it.
Ring attach(const std::string& name, bool create) {
  const std::string path = "/dev/shm/" + name;
  int fd = -1;
  for (int i = 0; fd < 0 && i < 10000; ++i) {
    fd = create ? open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600) : open(path.c_str(), O_RDWR);
    if (fd >= 0 && create && ftruncate(fd, kHeader + kCapacity) != 0) std::abort();
    struct stat info = {};
    if (fd >= 0 && (fstat(fd, &info) != 0 || info.st_size == 0)) {
      close(fd);
      fd = -1;
    }
    if (fd < 0) usleep(1000);
  }
  if (fd < 0) std::abort();
  void* const base = mmap(nullptr, kHeader + kCapacity, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (base == MAP_FAILED) std::abort();
  Ring ring = {static_cast<Header*>(base), static_cast<unsigned char*>(base) + kHeader};
  if (create) {
    std::memset(ring.data, 1, kCapacity);  // warm
    ring.header->capacity = kCapacity;
  }
  return ring;
}

// Waiting as plain rings do, but leaving the processor now and then for machines with few.
template <class Attempt>
void until(Attempt attempt) {
  for (int tries = 0; !attempt(); ++tries) {
    pause_cpu();
    if (tries % 1024 == 1023) sched_yield();
  }
}

int produce(const std::string& name, std::uint64_t count) {
  Ring ring = attach(name, true);
  unsigned char record[kRecord] = {};
  for (std::uint64_t i = 0; i < count; ++i) {
    std::memcpy(record, &i, sizeof(i));
    until([&] { return ring.write(record, kRecord); });
  }
  return 0;
}

int consume(const std::string& name, std::uint64_t count) {
  Ring ring = attach(name, false);
  unsigned char record[kRecord];
  double start = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    until([&] { return ring.read(record) != 0; });
    if (i == 0) start = now();
    std::uint64_t got;
    std::memcpy(&got, record, sizeof(got));
    if (got != i) return 1;
  }
  std::printf("%.9f\n", now() - start);
  return 0;
}

struct Flags {
  alignas(128) std::atomic<std::uint32_t> ping;
  alignas(128) std::atomic<std::uint32_t> pong;
};

int pingpong(std::uint32_t rounds) {
  void* const base =
      mmap(nullptr, sizeof(Flags), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return 1;
  Flags* const flags = new (base) Flags();
  const pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    for (std::uint32_t i = 1; i <= rounds; ++i) {
      until([&] { return flags->ping.load(std::memory_order_acquire) == i; });
      flags->pong.store(i, std::memory_order_release);
    }
    _exit(0);
  }
  const std::uint32_t warm = rounds / 10;
  double start = now();
  for (std::uint32_t i = 1; i <= rounds; ++i) {
    if (i == warm) start = now();
    flags->ping.store(i, std::memory_order_release);
    until([&] { return flags->pong.load(std::memory_order_acquire) == i; });
  }
  const double seconds = now() - start;
  int status = 1;
  waitpid(child, &status, 0);
  std::printf("%.1f\n", seconds * 1e9 / (rounds - warm));
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "pingpong" && argc == 3)
    return pingpong(static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)));
  if (verb == "produce" && argc == 4) return produce(argv[2], std::strtoull(argv[3], nullptr, 10));
  if (verb == "consume" && argc == 4) return consume(argv[2], std::strtoull(argv[3], nullptr, 10));
  std::fprintf(stderr, "usage: stage pingpong ROUNDS | produce NAME COUNT | consume NAME COUNT\n");
  return 2;
}
