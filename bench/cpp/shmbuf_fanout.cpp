// Case fanout of shmbuf: each message goes into several channels; one process takes one from each in turn.
#include <algorithm>
#include <vector>

#include "shmbuf_side.hpp"

namespace bench {

namespace {

struct Fanout {
  std::size_t channels;
  Stream stream;

  explicit Fanout(Args& args) : channels(args.number("channels")), stream(args) {
    if (channels == 0) throw Unsupported("0 channels");
    if (stream.mode != Mode::copy) throw Unsupported("fanout knows mode=copy only");
  }
  std::string name(std::size_t channel) const { return stream.name + "." + std::to_string(channel); }
};

struct FanoutOut {
  std::vector<ShmbufOut> channels;
  void send(const void* from, std::size_t size) {
    for (ShmbufOut& channel : channels) channel.send(from, size);
  }
};

}  // namespace

void shmbuf_fanout_produce(Args& args) {
  const Fanout fanout(args);
  FanoutOut out;
  for (std::size_t i = 0; i < fanout.channels; ++i)
    out.channels.push_back({create(fanout.name(i), ring_of(fanout.stream.ring))});
  produce_copies(fanout.stream, out);
}

void shmbuf_fanout_consume(Args& args) {
  const Fanout fanout(args);
  const Stream& stream = fanout.stream;
  std::vector<ShmbufIn> channels;
  for (std::size_t i = 0; i < fanout.channels; ++i) channels.push_back({open(fanout.name(i))});
  const Buffer record(stream.size);
  consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to; ++i) {
      for (ShmbufIn& channel : channels) {
        check_size(channel.receive(record.data(), stream.size), stream.size);
        check_number(record.data(), stream.size, i);
      }
    }
  });
}

}  // namespace bench
