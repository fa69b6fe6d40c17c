// Producer of the demo in C++: reads raw bgr24 frames from standard input straight into the ring of its
// first channel, copies them to the others, and reports what it sent as one line of JSON.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "common.hpp"
#include "crc32.hpp"
#include "shmbuf/shmbuf.hpp"

namespace {

const char kWho[] = "c++ producer";

// Fills `to` from standard input. False at the end of the input.
bool fill(unsigned char* to, std::size_t size, std::size_t number) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(STDIN_FILENO, to + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) demo::fail(kWho, std::string("cannot read standard input: ") + std::strerror(errno));
    if (n == 0) {
      if (done == 0) return false;
      demo::fail(kWho, "input ends inside frame " + std::to_string(number) + ", after " +
                           std::to_string(done) + " of " + std::to_string(size) + " bytes");
    }
    done += static_cast<std::size_t>(n);
  }
  return true;
}

std::vector<shmbuf::Producer> create(const std::string& channels, const shmbuf::Options& options) {
  std::vector<shmbuf::Producer> outputs;
  std::istringstream names(channels);
  for (std::string name; std::getline(names, name, ',');) {
    outputs.emplace_back();
    if (outputs.back().create(name, options) != shmbuf::Status::ok)
      demo::fail(kWho, outputs.back().message());
  }
  return outputs;
}

}  // namespace

int main(int argc, char** argv) {
  auto args = demo::arguments(argc, argv);
  const auto number_of = [&](const char* name) { return std::strtoull(args[name].c_str(), nullptr, 10); };
  shmbuf::FrameHeader header = shmbuf::FrameHeader::packed(
      shmbuf::PixelFormat::bgr24, static_cast<std::uint32_t>(number_of("--width")),
      static_cast<std::uint32_t>(number_of("--height")));
  if (header.check() != shmbuf::Status::ok) {
    demo::fail(kWho, "a frame of " + args["--width"] + "×" + args["--height"] + " pixels is not possible");
  }
  shmbuf::Options options;
  options.capacity = number_of("--capacity");
  options.alignment = 64;
  options.exclusive = true;
  options.content_type = std::string("video/x-raw,format=") + shmbuf::caps_format(header.format) +
                         ",width=" + args["--width"] + ",height=" + args["--height"] +
                         ",framerate=" + args["--rate"];
  std::vector<shmbuf::Producer> outputs = create(args["--channels"], options);

  const demo::Crc32 crc32;
  const std::size_t pixel_bytes = header.pixel_bytes();
  std::vector<std::uint32_t> crcs;
  std::map<std::string, std::int64_t> spent;
  std::int64_t since = demo::now();
  const auto lap = [&](const char* what) {
    const std::int64_t now = demo::now();
    spent[what] += now - since;
    since = now;
  };
  for (;;) {
    std::vector<shmbuf::Reservation> frames;  // given up by their destructors when the input ends
    for (shmbuf::Producer& output : outputs) {
      frames.push_back(output.reserve(header.frame_bytes()));
      if (!frames.back()) demo::fail(kWho, output.message());
    }
    lap("waiting for consumers");
    unsigned char* const first = static_cast<unsigned char*>(frames[0].data()) + shmbuf::FrameHeader::kSize;
    if (!fill(first, pixel_bytes, crcs.size())) break;
    lap("waiting for the decoder");
    crcs.push_back(crc32(first, pixel_bytes));
    lap("hashing");
    for (std::size_t i = 1; i < frames.size(); ++i) {
      std::memcpy(static_cast<unsigned char*>(frames[i].data()) + shmbuf::FrameHeader::kSize, first,
                  pixel_bytes);
    }
    lap("copying");
    header.number = crcs.size() - 1;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      header.timestamp = demo::now();
      header.encode(frames[i].data());
      if (frames[i].commit() != shmbuf::Status::ok) demo::fail(kWho, outputs[i].message());
    }
    lap("publishing");
  }
  for (shmbuf::Producer& output : outputs) {
    if (output.close() != shmbuf::Status::ok) demo::fail(kWho, output.message());
  }
  std::printf("{\"frames\":%zu,\"crc\":%s,\"spent\":%s}\n", crcs.size(), demo::json(crcs).c_str(),
              demo::json(spent).c_str());
}
