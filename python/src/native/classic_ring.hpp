// A classic ring in memory that somebody else owns, used from either side.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <shmbuf/classic_reader.hpp>
#include <shmbuf/classic_writer.hpp>

#include "errors.hpp"

namespace native {

// Each side joins at its first call: existing programs make one object and only then write or read. Needs
// the GIL; only copies of more than 64 KiB are made without it, and `running` then refuses other calls.
class ClassicRing {
 public:
  // Memory of `size` bytes whose header is there or will be written by the peer.
  void attach(const std::string& what, void* base, std::uint64_t size);
  // Writes the header of an empty ring first.
  void initialise(const std::string& what, void* base, std::uint32_t capacity);
  void detach() noexcept;
  bool attached() const noexcept { return base_ != nullptr; }
  bool running() const noexcept { return running_; }

  std::uint32_t capacity();  // 0 while the peer has not written the header
  bool write(nb::handle data);
  nb::object read();
  std::uint32_t writable();
  std::uint32_t readable();

 private:
  shmbuf::detail::ClassicWriter* writer();
  shmbuf::detail::ClassicReader* reader();
  bool ready();
  void positions(std::uint32_t* head, std::uint32_t* tail);
  void check_free() const;

  std::string what_;
  void* base_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint32_t capacity_ = 0;
  bool running_ = false;
  std::unique_ptr<shmbuf::detail::ClassicWriter> writer_;
  std::unique_ptr<shmbuf::detail::ClassicReader> reader_;
};

}  // namespace native
