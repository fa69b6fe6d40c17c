// A native segment on the heap: the algorithm without an operating system, where sanitizers see every
// access.
#ifndef SHMBUF_TESTS_HEAP_SEGMENT_HPP_
#define SHMBUF_TESTS_HEAP_SEGMENT_HPP_

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "shmbuf/shmbuf.hpp"

class HeapSegment {
 public:
  explicit HeapSegment(const shmbuf::Options& options) {
    std::string why;
    if (shmbuf::detail::geometry_for(options, &geometry_, &why) != shmbuf::Status::ok) std::abort();
    void* memory = nullptr;
    if (::posix_memalign(&memory, 4096, static_cast<std::size_t>(geometry_.segment_size)) != 0)
      throw std::bad_alloc();
    std::memset(memory, 0, static_cast<std::size_t>(geometry_.segment_size));
    base_ = memory;
    const std::uint64_t start = geometry_.start_position;
    page()->position = page()->frontier = start;
    page()->journal[0].end = page()->journal[1].end = start;
    page()->state = shmbuf::layout::kProducerActive;
    slot()->gate = slot()->cursor = start;
    slot()->state = shmbuf::layout::kSlotAttached;
  }
  ~HeapSegment() { std::free(base_); }
  HeapSegment(const HeapSegment&) = delete;
  HeapSegment& operator=(const HeapSegment&) = delete;

  template <class Writer>
  void attach_writer(Writer* writer) {
    writer->attach(base_, geometry_, geometry_.start_position, 0, 0);
  }
  template <class Reader>
  void attach_reader(Reader* reader) {
    reader->attach(base_, geometry_, 0, slot()->gate, slot()->cursor, false);
  }

  void* base() const { return base_; }
  const shmbuf::detail::Geometry& geometry() const { return geometry_; }
  shmbuf::layout::ProducerPage* page() const { return shmbuf::layout::producer_page(base_); }
  shmbuf::layout::Slot* slot() const { return shmbuf::layout::slot_at(base_, 0); }
  unsigned char* ring() const { return static_cast<unsigned char*>(base_) + geometry_.data_offset; }
  std::uint64_t word(std::uint64_t offset) const {
    std::uint64_t value;
    std::memcpy(&value, ring() + offset, sizeof(value));
    return value;
  }
  void set_word(std::uint64_t offset, std::uint64_t value) {
    std::memcpy(ring() + offset, &value, sizeof(value));
  }

 private:
  shmbuf::detail::Geometry geometry_;
  void* base_ = nullptr;
};

#endif  // SHMBUF_TESTS_HEAP_SEGMENT_HPP_
