// Records in place in the ring.
#ifndef SHMBUF_VIEW_HPP_
#define SHMBUF_VIEW_HPP_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "shmbuf/consumer_core.hpp"

namespace shmbuf {

// One record in place. Released when it is destroyed. Movable, not copyable; used by the thread that
// peeked. The memory stays valid until release() or the destructor, even when another thread closes the
// consumer meanwhile (the record is then not consumed: a successor gets it).
class View {
 public:
  View() = default;
  View(View&& other) noexcept { swap(other); }
  View& operator=(View&& other) noexcept {
    View old(std::move(other));
    swap(old);
    return *this;
  }
  ~View() { release(); }

  explicit operator bool() const noexcept { return status_ == Status::ok; }
  Status status() const noexcept { return status_; }  // why there is no record; ok while there is
  const void* data() const noexcept { return record_.payload; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(record_.size); }
  // Number of the record in the channel, from 0. Classic: counted by this consumer.
  std::uint64_t seq() const noexcept { return record_.sequence; }
  std::uint16_t kind() const noexcept { return static_cast<std::uint16_t>(record_.kind); }
  // CLOCK_MONOTONIC nanoseconds when it was published; 0 when the channel carries no times.
  std::int64_t time() const noexcept { return record_.time; }

  // Gives the record back to the producer. `closed` when the consumer was closed meanwhile; ok when there
  // is none.
  Status release() {
    if (core_ == nullptr) return Status::ok;
    detail::ConsumerCore* const core = core_;
    core_ = nullptr;
    status_ = Status::invalid;
    const detail::FoundRecord record = record_;
    record_ = detail::FoundRecord();
    if (!core->guard.enter()) {
      core->end_lease_late();
      return Status::closed;
    }
    core->release(record);
    core->guard.set_lease(false);
    core->guard.leave();
    return Status::ok;
  }

  // Ends the view without consuming the record, which comes again with the next read or peek. `closed` when
  // the consumer was closed meanwhile; ok when there is none.
  Status cancel() {
    if (core_ == nullptr) return Status::ok;
    detail::ConsumerCore* const core = core_;
    core_ = nullptr;
    status_ = Status::invalid;
    record_ = detail::FoundRecord();
    if (!core->guard.enter()) {
      core->end_lease_late();
      return Status::closed;
    }
    core->guard.set_lease(false);
    core->guard.leave();
    return Status::ok;
  }

 private:
  friend class Consumer;
  explicit View(Status status) noexcept : status_(status) {}
  View(detail::ConsumerCore* core, const detail::FoundRecord& record) noexcept
      : core_(core), record_(record), status_(Status::ok) {}
  void swap(View& other) noexcept {
    std::swap(core_, other.core_);
    std::swap(record_, other.record_);
    std::swap(status_, other.status_);
  }

  detail::ConsumerCore* core_ = nullptr;
  detail::FoundRecord record_;
  Status status_ = Status::invalid;
};

// A run of adjacent fixed-size records in place. As View.
class RunView {
 public:
  RunView() = default;
  RunView(RunView&& other) noexcept { swap(other); }
  RunView& operator=(RunView&& other) noexcept {
    RunView old(std::move(other));
    swap(old);
    return *this;
  }
  ~RunView() { release(); }

  explicit operator bool() const noexcept { return status_ == Status::ok; }
  Status status() const noexcept { return status_; }
  const void* data() const noexcept { return data_; }
  std::size_t count() const noexcept { return count_; }     // records
  std::uint64_t seq() const noexcept { return sequence_; }  // of the first

  Status release() { return release(count_); }
  // Gives the first `records` back; the others come again with the next peek. `invalid` when there are
  // fewer.
  Status release(std::size_t records) {
    if (core_ == nullptr) return Status::ok;
    if (!core_->guard.enter()) {
      core_->end_lease_late();
      forget();
      return Status::closed;
    }
    if (records > count_) {
      const Status status =
          core_->fail(Status::invalid, "release of " + std::to_string(records) + " records, the run has " +
                                           std::to_string(count_));
      core_->guard.leave();
      return status;
    }
    if (records != 0) core_->release_run(records);
    core_->guard.set_lease(false);
    core_->guard.leave();
    forget();
    return Status::ok;
  }

 private:
  friend class Consumer;
  explicit RunView(Status status) noexcept : status_(status) {}
  RunView(detail::ConsumerCore* core, const void* data, std::size_t count, std::uint64_t sequence) noexcept
      : core_(core), data_(data), count_(count), sequence_(sequence), status_(Status::ok) {}
  void forget() noexcept {
    core_ = nullptr;
    data_ = nullptr;
    count_ = 0;
    status_ = Status::invalid;
  }
  void swap(RunView& other) noexcept {
    std::swap(core_, other.core_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    std::swap(sequence_, other.sequence_);
    std::swap(status_, other.status_);
  }

  detail::ConsumerCore* core_ = nullptr;
  const void* data_ = nullptr;
  std::size_t count_ = 0;
  std::uint64_t sequence_ = 0;
  Status status_ = Status::invalid;
};

// One record of a batch; valid until release_batch().
struct RecordRef {
  const void* data;
  std::size_t size;
  std::uint64_t seq;
  std::int64_t time;
  std::uint16_t kind;
};

}  // namespace shmbuf

#endif  // SHMBUF_VIEW_HPP_
