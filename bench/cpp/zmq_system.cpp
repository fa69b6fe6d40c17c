// System zmq: ZeroMQ over ipc:// (a Unix socket), PUSH to PULL one way, PAIR for both ways.
#include "systems.hpp"

#if defined(BENCH_WITHOUT_ZMQ) || !__has_include(<zmq.h>)

namespace bench {
void run_zmq(const Role&, Args&) { throw Unsupported("built without zmq"); }
std::string zmq_version_text() { throw Unsupported("built without zmq"); }
}  // namespace bench

#else

#include <algorithm>
#include <cstdio>

#include "paced.hpp"
#include "stop_on_term.hpp"
#include "stream.hpp"
#include "trip.hpp"
#include "wake.hpp"
#include "zmq_socket.hpp"

namespace bench {

namespace {

using End = ZmqSocket::End;
constexpr std::uint64_t kUsual = 1000;  // the library's own limit
constexpr std::size_t kIdleSize = 64;

// As many messages as the ring would hold; the usual number where that is few, but not gigabytes.
std::uint64_t most_for(std::uint64_t ring, std::size_t size) {
  const std::uint64_t few = std::max<std::uint64_t>(16, std::min<std::uint64_t>(kUsual, (64 << 20) / size));
  return std::max(ring / size, few);
}

void produce(const Stream& stream) {
  ZmqSocket out(ZMQ_PUSH, End::binds, stream.name, most_for(stream.ring, stream.size));
  if (stream.mode == Mode::copy) return produce_copies(stream, out);
  for (std::uint64_t i = 0; i < stream.count; ++i)
    out.send_placed(stream.size, [&](void* record) { put_number(record, stream.size, i); });
}

void consume(const Stream& stream) {
  ZmqSocket in(ZMQ_PULL, End::connects, stream.name, most_for(stream.ring, stream.size));
  if (stream.mode == Mode::copy) return consume_copies(stream, in);
  consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to; ++i) {
      in.receive_placed([&](const void* record, std::size_t size) {
        check_size(size, stream.size);
        check_number(record, size, i);
      });
    }
  });
}

void run_stream(bool sends, const Stream& stream) {
  if (stream.mode != Mode::copy && stream.mode != Mode::place)
    throw Unsupported("zmq has no batches: it knows mode=copy and place");
  sends ? produce(stream) : consume(stream);
}

struct Spinning {
  ZmqSocket socket;
  void send(const void* from, std::size_t size) { socket.send(from, size); }
  std::size_t receive(void* to, std::size_t room) { return socket.receive_spinning(to, room); }
};

void run_trip(End end, const Trip& trip) {
  Spinning socket{{ZMQ_PAIR, end, trip.name, kUsual}};
  end == End::binds ? ping(trip, socket, socket) : pong(trip, socket, socket);
}

void run_wake(End end, const Wake& wake) {
  ZmqSocket socket(ZMQ_PAIR, end, wake.name, kUsual);
  end == End::binds ? wake_ping(wake, socket, socket) : wake_pong(wake, socket, socket);
}

void idle_produce(Args& args) {
  const std::string name = args.text("name");
  args.done();
  hold_termination();
  ZmqSocket out(ZMQ_PUSH, End::binds, name, kUsual);
  const Buffer record(kIdleSize);
  put_number(record.data(), kIdleSize, 0);
  out.send(record.data(), kIdleSize);
  await_termination();
}

void idle_consume(Args& args) {
  const std::string name = args.text("name");
  args.done();
  hold_termination();
  ZmqSocket in(ZMQ_PULL, End::connects, name, kUsual);
  const Buffer record(kIdleSize);
  check_number(record.data(), in.receive(record.data(), kIdleSize), 0);
  std::printf("{\"ready\": true}\n");
  std::fflush(stdout);

  const StopOnTerm stop([&in] { in.stop(); });
  try {
    in.receive(record.data(), kIdleSize);
  } catch (const ZmqStopped&) {
    return;
  }
  throw Failure("a record came to the idle consumer");
}

}  // namespace

void run_zmq(const Role& role, Args& args) {
  ZmqSocket::keep_memory();
  if (role.is("stream", "produce")) return run_stream(true, Stream(args));
  if (role.is("stream", "consume")) return run_stream(false, Stream(args));
  if (role.is("trip", "ping")) return run_trip(End::binds, Trip(args));
  if (role.is("trip", "pong")) return run_trip(End::connects, Trip(args));
  if (role.is("wake", "ping")) return run_wake(End::binds, Wake(args));
  if (role.is("wake", "pong")) return run_wake(End::connects, Wake(args));
  if (role.is("idle", "produce")) return idle_produce(args);
  if (role.is("idle", "consume")) return idle_consume(args);
  if (role.is("paced", "produce")) {
    const Paced paced(args);
    ZmqSocket out(ZMQ_PUSH, End::binds, paced.name, most_for(paced.ring, paced.size));
    return produce_paced(paced, out);
  }
  if (role.is("paced", "consume")) {
    const Paced paced(args);
    ZmqSocket in(ZMQ_PULL, End::connects, paced.name, most_for(paced.ring, paced.size));
    return consume_paced(paced, in);
  }
  unsupported("zmq", role);
}

std::string zmq_version_text() {
  int major = 0, minor = 0, patch = 0;
  zmq_version(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace bench

#endif
