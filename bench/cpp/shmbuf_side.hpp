// Channels as the cases use them: with the options that users get by default.
#ifndef BENCH_SHMBUF_SIDE_HPP_
#define BENCH_SHMBUF_SIDE_HPP_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "failure.hpp"
#include "paced.hpp"
#include "shmbuf/consumer.hpp"
#include "shmbuf/producer.hpp"
#include "stream.hpp"

namespace bench {

template <class Side>
inline void must(shmbuf::Status status, const Side& side) {
  if (status != shmbuf::Status::ok) throw Failure(side.message());
}

inline shmbuf::Options ring_of(std::uint64_t bytes) {
  shmbuf::Options options;
  options.capacity = bytes;
  return options;
}

inline shmbuf::Producer create(const std::string& name, const shmbuf::Options& options) {
  shmbuf::Producer producer;
  must(producer.create(name, options), producer);
  return producer;
}

inline shmbuf::Consumer open(const std::string& name) {
  shmbuf::ConsumerOptions patient;
  patient.wait = std::chrono::seconds(10);
  shmbuf::Consumer consumer;
  must(consumer.open(name, patient), consumer);
  return consumer;
}

// Single-record calls that copy.
struct ShmbufOut {
  shmbuf::Producer producer;
  void send(const void* from, std::size_t size) { must(producer.write(from, size), producer); }
};

struct ShmbufIn {
  shmbuf::Consumer consumer;
  std::size_t receive(void* to, std::size_t room) {
    std::size_t length = 0;
    must(consumer.read(to, room, &length), consumer);
    return length;
  }
};

void shmbuf_produce(const Stream& stream);
void shmbuf_consume(const Stream& stream);
void shmbuf_fanout_produce(Args& args);
void shmbuf_fanout_consume(Args& args);
void shmbuf_idle_produce(Args& args);
void shmbuf_idle_consume(Args& args);
void shmbuf_open(Args& args);
void shmbuf_paced_produce(const Paced& paced);
void shmbuf_paced_consume(const Paced& paced);
void shmbuf_ping(Args& args);
void shmbuf_pong(Args& args);
void shmbuf_wake_ping(Args& args);
void shmbuf_wake_pong(Args& args);

}  // namespace bench

#endif  // BENCH_SHMBUF_SIDE_HPP_
