// System classic: what a plain ring of the published layout reaches.
#include <cstdint>

#include "classic_ring.hpp"
#include "stream.hpp"
#include "systems.hpp"
#include "trip.hpp"

namespace bench {

namespace {

constexpr std::uint32_t kTripCapacity = 1 << 20;

// The layout knows powers of two only, up to 2^31.
std::uint32_t classic_capacity(std::uint64_t bytes, std::size_t record) {
  std::uint32_t capacity = 16;
  while (capacity < (1u << 31) && 2 * std::uint64_t{capacity} <= bytes) capacity *= 2;
  if (record > capacity - 4)
    throw Unsupported("a ring of " + std::to_string(capacity) + " bytes has no room for a record of " +
                      std::to_string(record));
  return capacity;
}

void check_mode(const Stream& stream) {
  if (stream.mode != Mode::copy) throw Unsupported("classic knows mode=copy only");
}

}  // namespace

void run_classic(const Role& role, Args& args) {
  if (role.is("stream", "produce")) {
    const Stream stream(args);
    check_mode(stream);
    ClassicRing ring =
        ClassicRing::create(stream.name, classic_capacity(stream.ring, stream.size), Patience::stream);
    produce_copies(stream, ring);
  } else if (role.is("stream", "consume")) {
    const Stream stream(args);
    check_mode(stream);
    ClassicRing ring = ClassicRing::attach(stream.name, Patience::stream);
    consume_copies(stream, ring);
  } else if (role.is("trip", "ping")) {
    const Trip trip(args);
    ClassicRing out = ClassicRing::create(trip.name + ".ping", classic_capacity(kTripCapacity, trip.size),
                                          Patience::trip);
    ClassicRing in = ClassicRing::attach(trip.name + ".pong", Patience::trip);
    ping(trip, out, in);
  } else if (role.is("trip", "pong")) {
    const Trip trip(args);
    ClassicRing out = ClassicRing::create(trip.name + ".pong", classic_capacity(kTripCapacity, trip.size),
                                          Patience::trip);
    ClassicRing in = ClassicRing::attach(trip.name + ".ping", Patience::trip);
    pong(trip, out, in);
  } else {
    unsupported("classic", role);
  }
}

std::string classic_version() { return "layout of spec/PROTOCOL.md, section 2, written plainly"; }

}  // namespace bench
