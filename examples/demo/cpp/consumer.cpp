// Consumer of the demo in C++: hashes every frame where it lies in the ring, and reports what it saw as one
// line of JSON.
#include "common.hpp"
#include "crc32.hpp"
#include "shmbuf/shmbuf.hpp"

namespace {
const char kWho[] = "c++ consumer";
}

int main(int argc, char** argv) {
  auto args = demo::arguments(argc, argv);
  const std::string channel = args["--channel"];
  shmbuf::ConsumerOptions options;
  options.wait = std::chrono::seconds(30);
  shmbuf::Consumer consumer;
  if (consumer.open(channel, options) != shmbuf::Status::ok) demo::fail(kWho, consumer.message());

  const demo::Crc32 crc32;
  std::vector<std::uint32_t> crcs;
  std::vector<std::int64_t> latency;
  std::map<std::string, std::int64_t> spent;
  std::int64_t first = 0;
  std::int64_t last = 0;
  for (;;) {
    const std::int64_t before = demo::now();
    shmbuf::View view = consumer.peek();
    const std::int64_t now = demo::now();
    if (view.status() == shmbuf::Status::end_of_stream) break;
    if (!view) demo::fail(kWho, consumer.message());
    shmbuf::FrameHeader header;
    if (header.decode(view.data(), view.size()) != shmbuf::Status::ok) {
      demo::fail(kWho, "channel " + channel + ": record " + std::to_string(view.seq()) + " is not a frame");
    }
    if (header.number != crcs.size()) {
      demo::fail(kWho, "channel " + channel + ": frame " + std::to_string(header.number) +
                           " arrived where " + std::to_string(crcs.size()) + " was due");
    }
    latency.push_back(now - header.timestamp);
    crcs.push_back(crc32(static_cast<const unsigned char*>(view.data()) + shmbuf::FrameHeader::kSize,
                         header.pixel_bytes()));
    if (view.release() != shmbuf::Status::ok) demo::fail(kWho, consumer.message());
    if (first == 0) first = now;
    last = now;
    spent["waiting for frames"] += now - before;
    spent["hashing"] += demo::now() - now;
  }
  std::printf("{\"frames\":%zu,\"crc\":%s,\"latency\":%s,\"seconds\":%f,\"spent\":%s}\n", crcs.size(),
              demo::json(crcs).c_str(), demo::json(latency).c_str(),
              static_cast<double>(last - first) / 1e9, demo::json(spent).c_str());
}
