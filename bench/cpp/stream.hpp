// Case stream: records one way, as fast as they go.
#ifndef BENCH_STREAM_HPP_
#define BENCH_STREAM_HPP_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "args.hpp"
#include "clock.hpp"
#include "failure.hpp"
#include "message.hpp"
#include "result.hpp"

namespace bench {

// How a side handles records. array and iterate are ways of Python consumers.
enum class Mode { copy, place, batch, run, array, iterate };

inline Mode mode_of(const std::string& text) {
  if (text == "copy") return Mode::copy;
  if (text == "place") return Mode::place;
  if (text == "batch") return Mode::batch;
  if (text == "run") return Mode::run;
  if (text == "array") return Mode::array;
  if (text == "iterate") return Mode::iterate;
  throw Unsupported("there is no mode '" + text + "'");
}

struct Stream {
  std::string name;
  std::size_t size;
  std::uint64_t count, warm, ring;
  std::size_t batch;
  Mode mode, peer;

  explicit Stream(Args& args)
      : name(args.text("name")),
        size(args.number("size")),
        count(args.number("count")),
        warm(std::max<std::uint64_t>(args.number("warm", 1), 1)),
        ring(args.number("ring", 1 << 20)),
        batch(args.number("batch", 64)),
        mode(mode_of(args.text("mode", "copy"))),
        peer(mode_of(args.text("peer", "copy"))) {
    if (size == 0) throw Unsupported("records of 0 bytes");
    if (batch == 0) throw Unsupported("batches of 0 records");
    if (count <= warm)
      throw Unsupported("count is " + std::to_string(count) + ", it must exceed warm (at least 1), " +
                        std::to_string(warm));
    args.done();
  }
};

// receive(from, to) takes records number `from` up to, not including, `to`. The clock runs from having
// received the first `warm` records to having received all.
template <class Receive>
void consume_timed(const Stream& stream, Receive receive) {
  receive(std::uint64_t{0}, stream.warm);
  const std::int64_t start = now();
  receive(stream.warm, stream.count);
  print_records(stream.count - stream.warm, static_cast<double>(now() - start) / 1e9);
}

// One record per call, copied. Out has send(data, size), In has receive(to, room) that returns the size.
template <class Out>
void produce_copies(const Stream& stream, Out& out) {
  Buffer record(stream.size);
  for (std::uint64_t i = 0; i < stream.count; ++i) {
    put_number(record.data(), stream.size, i);
    out.send(record.data(), stream.size);
  }
}

template <class In>
void consume_copies(const Stream& stream, In& in) {
  Buffer record(stream.size);
  consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to; ++i) {
      check_size(in.receive(record.data(), stream.size), stream.size);
      check_number(record.data(), stream.size, i);
    }
  });
}

}  // namespace bench

#endif  // BENCH_STREAM_HPP_
