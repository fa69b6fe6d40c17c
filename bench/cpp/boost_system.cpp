// System boost: boost::lockfree::spsc_queue with elements of exactly the size asked for.
#include "systems.hpp"

#if defined(BENCH_WITHOUT_BOOST) || !__has_include(<boost/lockfree/spsc_queue.hpp>)

namespace bench {
void run_boost(const Role&, Args&) { throw Unsupported("built without boost"); }
std::string boost_version() { throw Unsupported("built without boost"); }
}  // namespace bench

#else

#include <algorithm>
#include <boost/version.hpp>

#include "stream.hpp"
#include "trip.hpp"

#include "boost_queue.hpp"

namespace bench {

namespace {

template <std::size_t Bytes>
struct Ring {
  static constexpr std::size_t bytes = Bytes;
};
// At least two elements.
template <std::size_t Size, std::size_t Bytes>
using QueueOf = BoostQueue<Size, (Bytes / Size < 2 ? 2 : Bytes / Size)>;

template <std::size_t Size, std::size_t Bytes>
void produce(const Stream& stream) {
  auto queue = QueueOf<Size, Bytes>::create(stream.name, Patience::stream);
  if (stream.mode == Mode::copy) return produce_copies(stream, queue);
  const Buffer memory(stream.batch * Size);
  for (std::uint64_t i = 0; i < stream.count;) {
    const std::size_t records =
        static_cast<std::size_t>(std::min<std::uint64_t>(stream.batch, stream.count - i));
    for (std::size_t k = 0; k < records; ++k) put_number(memory.data() + k * Size, Size, i + k);
    queue.send_all(memory.data(), records);
    i += records;
  }
}

template <std::size_t Size, std::size_t Bytes>
void consume(const Stream& stream) {
  auto queue = QueueOf<Size, Bytes>::attach(stream.name, Patience::stream);
  if (stream.mode == Mode::copy) return consume_copies(stream, queue);
  if (stream.mode == Mode::place) {
    return consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
      for (std::uint64_t i = from; i < to; ++i)
        queue.look([&](const void* record) { check_number(record, Size, i); });
    });
  }
  const Buffer memory(stream.batch * Size);
  consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to;) {
      const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(stream.batch, to - i));
      const std::size_t count = queue.receive_some(memory.data(), most);
      check_number(memory.data(), Size, i);
      check_number(memory.data() + (count - 1) * Size, Size, i + count - 1);
      i += count;
    }
  });
}

struct Side {
  bool sends;
  const Stream& stream;
  template <std::size_t Size, std::size_t Bytes>
  void run() const {
    sends ? produce<Size, Bytes>(stream) : consume<Size, Bytes>(stream);
  }
};

// The nearest of the compiled capacities that is not larger; the smallest for less.
template <std::size_t Size>
void with_ring(const Side& side) {
  constexpr std::size_t kMiB = 1 << 20;
  const std::uint64_t ring = side.stream.ring;
  if (ring >= 64 * kMiB) return side.run<Size, 64 * kMiB>();
  if (ring >= 32 * kMiB) return side.run<Size, 32 * kMiB>();
  if (ring >= 16 * kMiB) return side.run<Size, 16 * kMiB>();
  if (ring >= 8 * kMiB) return side.run<Size, 8 * kMiB>();
  if (ring >= 4 * kMiB) return side.run<Size, 4 * kMiB>();
  side.run<Size, kMiB>();
}

[[noreturn]] void wrong_size(std::size_t size) {
  throw Unsupported(
      "boost is compiled for records of 8, 64, 1024, 4096, 65536, 1048576 and 6220800 bytes, not " +
      std::to_string(size));
}

void run_stream(bool sends, const Stream& stream) {
  const bool known = stream.mode == Mode::copy || stream.mode == Mode::batch || stream.mode == Mode::run ||
                     (stream.mode == Mode::place && !sends);
  if (!known) throw Unsupported("boost knows mode=copy, batch, run (as batch) and, for consumers, place");
  const Side side = {sends, stream};
  switch (stream.size) {
    case 8:
      return with_ring<8>(side);
    case 64:
      return with_ring<64>(side);
    case 1024:
      return with_ring<1024>(side);
    case 4096:
      return with_ring<4096>(side);
    case 65536:
      return with_ring<65536>(side);
    case 1048576:
      return with_ring<1048576>(side);
    case 6220800:
      return with_ring<6220800>(side);
    default:
      wrong_size(stream.size);
  }
}

template <std::size_t Size>
void trip_of(bool pings, const Trip& trip) {
  using Queue = QueueOf<Size, 1 << 20>;
  auto out = Queue::create(trip.name + (pings ? ".ping" : ".pong"), Patience::trip);
  auto in = Queue::attach(trip.name + (pings ? ".pong" : ".ping"), Patience::trip);
  pings ? ping(trip, out, in) : pong(trip, out, in);
}

void run_trip(bool pings, const Trip& trip) {
  switch (trip.size) {
    case 8:
      return trip_of<8>(pings, trip);
    case 64:
      return trip_of<64>(pings, trip);
    case 1024:
      return trip_of<1024>(pings, trip);
    case 4096:
      return trip_of<4096>(pings, trip);
    case 65536:
      return trip_of<65536>(pings, trip);
    case 1048576:
      return trip_of<1048576>(pings, trip);
    case 6220800:
      return trip_of<6220800>(pings, trip);
    default:
      wrong_size(trip.size);
  }
}

}  // namespace

void run_boost(const Role& role, Args& args) {
  if (role.is("stream", "produce")) return run_stream(true, Stream(args));
  if (role.is("stream", "consume")) return run_stream(false, Stream(args));
  if (role.is("trip", "ping")) return run_trip(true, Trip(args));
  if (role.is("trip", "pong")) return run_trip(false, Trip(args));
  unsupported("boost", role);
}

std::string boost_version() {
  return std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) + "." +
         std::to_string(BOOST_VERSION % 100);
}

}  // namespace bench

#endif
