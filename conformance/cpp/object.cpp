#include "object.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

Object::~Object() {
  if (fd_ >= 0) close(fd_);
}

void Object::follow() {
  const int fd = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

void Object::remove() { unlink(path_.c_str()); }  // scripts may have removed it

Data Object::read(std::uint64_t offset, std::size_t size) const {
  Data data(size);
  const ssize_t n = pread(fd_, data.data(), size, static_cast<off_t>(offset));
  if (n != static_cast<ssize_t>(size)) throw Mismatch("cannot read at " + std::to_string(offset));
  return data;
}

void Object::write(std::uint64_t offset, const Data& data) const {
  const ssize_t n = pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
  if (n != static_cast<ssize_t>(data.size())) throw Mismatch("cannot write at " + std::to_string(offset));
}

std::uint64_t Object::word(std::uint64_t offset, std::size_t size) const {
  std::uint64_t value = 0;
  const Data data = read(offset, size);
  for (std::size_t i = size; i-- > 0;) value = value << 8 | data[i];
  return value;
}

std::uint64_t Object::size() const {
  struct stat info;
  if (fstat(fd_, &info) != 0) throw Mismatch("fstat failed");
  return static_cast<std::uint64_t>(info.st_size);
}

bool Object::linked() const {
  struct stat info;
  return fstat(fd_, &info) == 0 && info.st_nlink != 0;
}

void Object::raw(std::uint64_t size, const Data& first) {
  remove();
  const int fd = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw Mismatch("cannot create " + path_);
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
  if (!first.empty()) write(0, first);
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0) throw Mismatch("cannot set the size of " + path_);
}

// CRC-32C of the static page, bit by bit.
void Object::reseal() const {
  std::uint64_t length = word(0x68, 4);
  if (length > 3840) length = 3840;
  Data data = read(0x08, 0x64);
  const Data text = read(0x100, static_cast<std::size_t>(length));
  data.insert(data.end(), text.begin(), text.end());
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const unsigned char byte : data) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
  }
  crc ^= 0xFFFFFFFFu;
  Data sealed;
  for (int shift = 0; shift < 32; shift += 8) sealed.push_back(static_cast<unsigned char>(crc >> shift));
  write(0x6C, sealed);
}

std::uint64_t Object::offset(const Step& s, bool native) const {
  static const std::map<std::string, std::uint64_t> kRegions = {
      {"object", 0}, {"static", 0}, {"producer", 0x1000}, {"event", 0x2000}, {"slot", 0x3000}};
  const auto region = kRegions.find(s.args.at("region"));
  if (region != kRegions.end()) return region->second + s.number("offset");
  return (native ? word(0x18, 8) : 16) + s.number("offset");
}

Object::Journal Object::journal() const {
  const std::uint64_t position = word(0x1000, 8);
  // Fixed-size records have no journal.
  if (word(0x28, 4) == 1) return Journal{position - word(0x60, 8), 0, 0};
  for (const std::uint64_t cell : {0x1090u, 0x10A0u}) {
    const std::uint64_t other = 0x1090u + 0x10A0u - cell;
    if (word(cell, 8) == position) return Journal{word(cell + 8, 8), word(other, 8), word(other + 8, 8)};
  }
  throw Mismatch("no journal cell ends at position " + std::to_string(position));
}

void Object::state(const Step& s) const {
  static const std::map<std::string, std::uint64_t> kWords = {{"position", 0x1000},
                                                              {"frontier", 0x1080},
                                                              {"gate", 0x3000},
                                                              {"cursor", 0x3080},
                                                              {"sequence", 0x3088}};
  for (const auto& entry : s.args) {
    const auto at = kWords.find(entry.first);
    std::uint64_t got;
    if (at != kWords.end()) {
      got = word(at->second, 8);
    } else if (entry.first == "count") {
      got = journal().count;
    } else if (entry.first == "before") {
      got = journal().before;
    } else if (entry.first == "before_count") {
      got = journal().before_count;
    } else {
      got = word(entry.first == "head" ? 0 : 4, 4);
    }
    same(entry.first, got, number(entry.second));
  }
}

bool Object::run(const Step& s, bool native) {
  if (s.verb == "poke") {
    write(offset(s, native), literal(s));
  } else if (s.verb == "bytes") {
    const Data want = literal(s);
    same("bytes", to_hex(read(offset(s, native), want.size())), to_hex(want));
  } else if (s.verb == "reseal") {
    reseal();
  } else if (s.verb == "raw") {
    raw(s.number("size"), s.has("hex") ? from_hex(s.args.at("hex")) : Data());
  } else if (s.verb == "object") {
    if (s.wants("size")) same("size", size(), s.wanted("size"));
    same("object", linked() ? "linked" : "gone", s.status);
  } else if (s.verb == "state") {
    state(s);
  } else {
    return false;
  }
  return true;
}
