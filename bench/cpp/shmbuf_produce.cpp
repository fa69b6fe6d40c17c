// Case stream of shmbuf, the sending side in each of its modes.
#include <algorithm>
#include <vector>

#include "shmbuf_side.hpp"

namespace bench {

namespace {

// Records of one size lie adjacent when either side wants runs of them.
shmbuf::Options options_for(const Stream& stream) {
  const auto runs = [](Mode mode) { return mode == Mode::run || mode == Mode::array; };
  if (!runs(stream.mode) && !runs(stream.peer)) return ring_of(stream.ring);
  shmbuf::Options options;
  options.record_size = stream.size;
  options.record_count = 2;
  while (2 * options.record_count * stream.size <= stream.ring) options.record_count *= 2;
  return options;
}

void place(const Stream& stream, shmbuf::Producer& producer) {
  for (std::uint64_t i = 0; i < stream.count; ++i) {
    shmbuf::Reservation space = producer.reserve(stream.size);
    if (!space) throw Failure(producer.message());
    put_number(space.data(), stream.size, i);
    must(space.commit(), producer);
  }
}

// send(first, records) sends what `memory` holds.
template <class Send>
void in_batches(const Stream& stream, unsigned char* memory, Send send) {
  for (std::uint64_t i = 0; i < stream.count;) {
    const std::size_t records =
        static_cast<std::size_t>(std::min<std::uint64_t>(stream.batch, stream.count - i));
    for (std::size_t k = 0; k < records; ++k) put_number(memory + k * stream.size, stream.size, i + k);
    send(records);
    i += records;
  }
}

void batch(const Stream& stream, shmbuf::Producer& producer) {
  const Buffer memory(stream.batch * stream.size);
  std::vector<shmbuf::Bytes> records(stream.batch);
  for (std::size_t k = 0; k < records.size(); ++k)
    records[k] = {memory.data() + k * stream.size, stream.size};
  in_batches(stream, memory.data(), [&](std::size_t count) {
    std::size_t written = 0;
    must(producer.write_batch(records.data(), count, &written), producer);
  });
}

void run(const Stream& stream, shmbuf::Producer& producer) {
  const Buffer memory(stream.batch * stream.size);
  in_batches(stream, memory.data(), [&](std::size_t count) {
    std::size_t written = 0;
    must(producer.write_run(memory.data(), count, &written), producer);
  });
}

}  // namespace

void shmbuf_produce(const Stream& stream) {
  if (stream.mode == Mode::array || stream.mode == Mode::iterate)
    throw Unsupported("shmbuf in C++ sends with mode=copy, place, batch or run");
  ShmbufOut out = {create(stream.name, options_for(stream))};
  if (stream.mode == Mode::copy) produce_copies(stream, out);
  if (stream.mode == Mode::place) place(stream, out.producer);
  if (stream.mode == Mode::batch) batch(stream, out.producer);
  if (stream.mode == Mode::run) run(stream, out.producer);
}

}  // namespace bench
