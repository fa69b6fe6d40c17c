// Case stream of shmbuf, the receiving side in each of its modes.
#include <algorithm>
#include <cstring>
#include <vector>

#include "shmbuf_side.hpp"

namespace bench {

namespace {

void place(const Stream& stream, shmbuf::Consumer& consumer) {
  consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to; ++i) {
      shmbuf::View record = consumer.peek();
      if (!record) throw Failure(consumer.message());
      check_size(record.size(), stream.size);
      check_number(record.data(), stream.size, i);
    }
  });
}

// receive(records) takes 1 to `records` records, returns how many, and says where the first and last lie.
template <class Receive>
void in_batches(const Stream& stream, Receive receive) {
  consume_timed(stream, [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to;) {
      i += receive(i, static_cast<std::size_t>(std::min<std::uint64_t>(stream.batch, to - i)));
    }
  });
}

void check_ends(const Stream& stream, const void* records, std::size_t count, std::uint64_t first) {
  const unsigned char* const bytes = static_cast<const unsigned char*>(records);
  check_number(bytes, stream.size, first);
  check_number(bytes + (count - 1) * stream.size, stream.size, first + count - 1);
}

void batch_of_varying(const Stream& stream, shmbuf::Consumer& consumer) {
  const Buffer memory(stream.batch * stream.size);
  std::vector<shmbuf::RecordRef> records(stream.batch);
  in_batches(stream, [&](std::uint64_t first, std::size_t most) {
    std::size_t count = 0;
    must(consumer.peek_batch(records.data(), most, &count), consumer);
    for (std::size_t k = 0; k < count; ++k) {
      check_size(records[k].size, stream.size);
      std::memcpy(memory.data() + k * stream.size, records[k].data, records[k].size);
    }
    must(consumer.release_batch(), consumer);
    check_ends(stream, memory.data(), count, first);
    return count;
  });
}

void batch_of_fixed(const Stream& stream, shmbuf::Consumer& consumer) {
  const Buffer memory(stream.batch * stream.size);
  in_batches(stream, [&](std::uint64_t first, std::size_t most) {
    std::size_t count = 0;
    must(consumer.read_run(memory.data(), most, &count), consumer);
    check_ends(stream, memory.data(), count, first);
    return count;
  });
}

void run(const Stream& stream, shmbuf::Consumer& consumer) {
  in_batches(stream, [&](std::uint64_t first, std::size_t most) {
    shmbuf::RunView records = consumer.peek_run(most);
    if (!records) throw Failure(consumer.message());
    const std::size_t count = records.count();
    check_ends(stream, records.data(), count, first);
    must(records.release(), consumer);
    return count;
  });
}

}  // namespace

void shmbuf_consume(const Stream& stream) {
  if (stream.mode == Mode::array || stream.mode == Mode::iterate)
    throw Unsupported("shmbuf in C++ receives with mode=copy, place, batch or run");
  ShmbufIn in = {open(stream.name)};
  const std::uint64_t fixed = in.consumer.record_size();
  if (fixed != 0) check_size(fixed, stream.size);
  if (stream.mode == Mode::run && fixed == 0)
    throw Unsupported("the channel's records vary in size, there are no runs: give the producer peer=run");
  if (stream.mode == Mode::copy) consume_copies(stream, in);
  if (stream.mode == Mode::place) place(stream, in.consumer);
  if (stream.mode == Mode::batch && fixed == 0) batch_of_varying(stream, in.consumer);
  if (stream.mode == Mode::batch && fixed != 0) batch_of_fixed(stream, in.consumer);
  if (stream.mode == Mode::run) run(stream, in.consumer);
}

}  // namespace bench
