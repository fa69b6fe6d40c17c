// Case idle of shmbuf: a consumer that waits for a producer that has nothing to say.
#include <cstdio>

#include "shmbuf_side.hpp"
#include "stop_on_term.hpp"

namespace bench {

namespace {
constexpr std::size_t kSize = 64;
}

void shmbuf_idle_produce(Args& args) {
  const std::string name = args.text("name");
  args.done();
  hold_termination();
  ShmbufOut out = {create(name, shmbuf::Options())};
  const Buffer record(kSize);
  put_number(record.data(), kSize, 0);
  out.send(record.data(), kSize);
  await_termination();
}

void shmbuf_idle_consume(Args& args) {
  const std::string name = args.text("name");
  args.done();
  hold_termination();
  ShmbufIn in = {open(name)};
  const Buffer record(kSize);
  check_number(record.data(), in.receive(record.data(), kSize), 0);
  std::printf("{\"ready\": true}\n");
  std::fflush(stdout);

  const StopOnTerm stop([&in] { in.consumer.close(); });
  std::size_t length = 0;
  const shmbuf::Status status = in.consumer.read(record.data(), kSize, &length);
  if (status != shmbuf::Status::closed && status != shmbuf::Status::end_of_stream)
    throw Failure("the idle wait ended: " + in.consumer.message());
}

}  // namespace bench
