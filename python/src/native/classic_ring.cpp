#include "classic_ring.hpp"

#include "arguments.hpp"
#include "owner.hpp"

namespace native {

using shmbuf::Status;
using shmbuf::detail::ClassicReader;
using shmbuf::detail::ClassicWriter;
using Header = shmbuf::layout::classic::Header;
constexpr std::uint32_t kHeader = shmbuf::layout::classic::kHeaderSize;

namespace {

// Sets a flag for a scope.
class Running {
 public:
  explicit Running(bool& flag) noexcept : flag_(flag) { flag_ = true; }
  ~Running() { flag_ = false; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  bool& flag_;
};

// Does `copy` without the GIL when it is long.
template <class Copy>
void copy_bytes(std::size_t size, bool& running, Copy copy) {
  if (size <= kLongCopy) {
    copy();
    return;
  }
  const Running guard(running);
  const WithoutGil released;
  copy();
}

}  // namespace

void ClassicRing::attach(const std::string& what, void* base, std::uint64_t size) {
  what_ = what;
  base_ = base;
  size_ = size;
  ready();
}

void ClassicRing::initialise(const std::string& what, void* base, std::uint32_t capacity) {
  what_ = what;
  base_ = base;
  size_ = kHeader + std::uint64_t{capacity};
  auto* const header = static_cast<Header*>(base);
  // Capacity 0 tells a consumer that attaches now to wait; it is stored last. Partner: the consumer's
  // load-acquire of the capacity, which makes the positions visible.
  shmbuf::detail::store_release(&header->capacity, std::uint32_t{0});
  shmbuf::detail::store_relaxed(&header->head, std::uint32_t{0});
  shmbuf::detail::store_relaxed(&header->tail, std::uint32_t{0});
  shmbuf::detail::store_relaxed(&header->reserved, std::uint32_t{0});
  shmbuf::detail::store_release(&header->capacity, capacity);
  capacity_ = capacity;
  writer_.reset(new ClassicWriter);
  writer_->attach(base_, capacity_, 0, 0);
}

void ClassicRing::detach() noexcept {
  writer_.reset();
  reader_.reset();
  base_ = nullptr;
  capacity_ = 0;
}

void ClassicRing::check_free() const {
  if (running_) {
    raise(PyExc_RuntimeError,
          what_ + ": another call of this object is running; use it from one thread at a time");
  }
}

bool ClassicRing::ready() {
  if (capacity_ != 0) return true;
  if (base_ == nullptr) return false;
  auto* const header = static_cast<Header*>(base_);
  // Partner: the creator's store of the capacity, which comes after the positions. Read once, then
  // validated.
  const std::uint32_t capacity = shmbuf::detail::load_acquire(&header->capacity);
  if (capacity == 0) return false;
  if ((capacity & (capacity - 1)) != 0 || capacity > size_ - kHeader) {
    raise(Status::not_a_channel, what_ + ": its header says a capacity of " + std::to_string(capacity) +
                                     ", which is not a power of two that fits " + std::to_string(size_) +
                                     " bytes; this is no classic ring");
  }
  capacity_ = capacity;
  return true;
}

void ClassicRing::positions(std::uint32_t* head, std::uint32_t* tail) {
  if (shmbuf::detail::classic_positions(static_cast<Header*>(base_), capacity_, head, tail)) return;
  raise(Status::damaged, what_ + ": its positions are impossible with a capacity of " +
                             std::to_string(capacity_) + "; remove the channel and create it again");
}

ClassicWriter* ClassicRing::writer() {
  if (writer_ == nullptr) {
    std::uint32_t head;
    std::uint32_t tail;
    positions(&head, &tail);
    writer_.reset(new ClassicWriter);
    writer_->attach(base_, capacity_, head, tail);
  }
  return writer_.get();
}

ClassicReader* ClassicRing::reader() {
  if (reader_ == nullptr) {
    std::uint32_t head;
    std::uint32_t tail;
    positions(&head, &tail);
    reader_.reset(new ClassicReader);
    reader_->attach(base_, capacity_, head, tail);
  }
  return reader_.get();
}

std::uint32_t ClassicRing::capacity() {
  check_free();
  return ready() ? capacity_ : 0;
}

bool ClassicRing::write(nb::handle data) {
  Input input;
  if (!input.open(data.ptr())) throw nb::python_error();
  check_free();
  if (!ready()) return false;
  if (input.size() == 0) {
    raise(Status::invalid,
          what_ + ": a record of 0 bytes cannot be written; existing consumers would stall on it");
  }
  ClassicWriter* const ring = writer();
  if (ring->room(input.size()) != Status::ok) return false;  // also a record that can never fit, as ever
  const auto size = static_cast<std::uint32_t>(input.size());
  copy_bytes(size, running_, [&] {
    ring->put(input.data(), size);
    ring->publish(size);
  });
  return true;
}

nb::object ClassicRing::read() {
  check_free();
  if (!ready()) return nb::none();
  ClassicReader* const ring = reader();
  std::uint32_t length = 0;
  const Status status = ring->next(&length);
  if (status == Status::would_block) return nb::none();
  if (status != Status::ok) {
    raise(Status::damaged, what_ + ": a record claims " + std::to_string(ring->bad_length()) +
                               " bytes, more than was published; remove the channel and create it again");
  }
  nb::object result = nb::steal(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(length)));
  if (!result.is_valid()) throw nb::python_error();
  char* const to = PyBytes_AS_STRING(result.ptr());
  copy_bytes(length, running_, [&] {
    ring->get(to, length);
    ring->release(length);
  });
  return result;
}

std::uint32_t ClassicRing::writable() {
  check_free();
  if (!ready()) return 0;
  if (writer_ != nullptr) return writer_->writable();
  return capacity_ - readable();
}

std::uint32_t ClassicRing::readable() {
  check_free();
  if (!ready()) return 0;
  if (reader_ != nullptr) return reader_->readable();
  if (writer_ != nullptr) return capacity_ - writer_->writable();
  std::uint32_t head;  // neither side is ours yet
  std::uint32_t tail;
  positions(&head, &tail);
  return head - tail;
}

}  // namespace native
