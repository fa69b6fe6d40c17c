// Case paced: messages at a steady rate, and what waiting for them costs.
#ifndef BENCH_PACED_HPP_
#define BENCH_PACED_HPP_

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

struct Paced {
  std::string name;
  std::size_t size;
  std::uint64_t rate, count, warm, ring;

  explicit Paced(Args& args)
      : name(args.text("name")),
        size(args.number("size")),
        rate(args.number("rate")),
        count(args.number("count")),
        warm(std::max<std::uint64_t>(args.number("warm", 1), 1)),
        ring(args.number("ring", 1 << 20)) {
    if (size == 0) throw Unsupported("messages of 0 bytes");
    if (count <= warm)
      throw Unsupported("count is " + std::to_string(count) + ", it must exceed warm (at least 1), " +
                        std::to_string(warm));
    args.done();
  }
};

// From the first `warm` messages to the last: time, and processor time of this process.
class PacedSpan {
 public:
  explicit PacedSpan(const Paced& paced) : paced_(paced) {}
  void begin() {
    start_ = now();
    cpu_ = cpu_seconds();
  }
  void end() const {
    const double cpu = cpu_seconds() - cpu_;
    print_paced(paced_.count - paced_.warm, static_cast<double>(now() - start_) / 1e9, cpu);
  }

 private:
  const Paced& paced_;
  std::int64_t start_ = 0;
  double cpu_ = 0;
};

// Out and In as in stream.hpp.
template <class Out>
void produce_paced(const Paced& paced, Out& out) {
  Buffer message(paced.size);
  PacedSpan span(paced);
  const auto send = [&](std::uint64_t i) {
    put_number(message.data(), paced.size, i);
    out.send(message.data(), paced.size);
  };
  send(0);  // the schedule starts when the channel works
  const Schedule schedule(paced.rate);
  for (std::uint64_t i = 1; i < paced.count; ++i) {
    if (i == paced.warm) span.begin();
    schedule.wait(i);
    send(i);
  }
  span.end();
}

template <class In>
void consume_paced(const Paced& paced, In& in) {
  Buffer message(paced.size);
  PacedSpan span(paced);
  for (std::uint64_t i = 0; i < paced.count; ++i) {
    if (i == paced.warm) span.begin();
    check_size(in.receive(message.data(), paced.size), paced.size);
    check_number(message.data(), paced.size, i);
  }
  span.end();
}

}  // namespace bench

#endif  // BENCH_PACED_HPP_
