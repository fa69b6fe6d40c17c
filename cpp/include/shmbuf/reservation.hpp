// Space in the ring to be filled in place.
#ifndef SHMBUF_RESERVATION_HPP_
#define SHMBUF_RESERVATION_HPP_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "shmbuf/producer_core.hpp"

namespace shmbuf {

// Space for one record. Aborts when it is destroyed without commit(). Movable, not copyable; used by the
// thread that reserved. The memory stays valid until commit(), abort() or the destructor, even when another
// thread closes the producer meanwhile (commit() then returns `closed` and publishes nothing).
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept { swap(other); }
  Reservation& operator=(Reservation&& other) noexcept {
    Reservation old(std::move(other));
    swap(old);
    return *this;
  }
  ~Reservation() { abort(); }

  explicit operator bool() const noexcept { return status_ == Status::ok; }
  Status status() const noexcept { return status_; }  // why there is no space; ok while it can be committed
  void* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  // Publishes the first `size` bytes as one record. `invalid` when more than was reserved (the reservation
  // stays).
  Status commit(std::size_t size, std::uint16_t kind = 0) {
    if (core_ == nullptr) return Status::invalid;
    if (!core_->guard.enter()) return late();
    Status status = check(size, kind);
    if (status == Status::ok) {
      if (core_->form == detail::ProducerCore::Form::classic && data_ == core_->wrapped.data()) {
        core_->classic.put(data_, static_cast<std::uint32_t>(size));
      }
      core_->commit_placed(size, kind);
      core_->guard.set_lease(false);
    }
    core_->guard.leave();
    if (status == Status::ok) forget(Status::invalid);
    return status;
  }
  Status commit() { return commit(size_); }

  // Gives the space up. Does nothing after commit().
  void abort() noexcept {
    if (core_ == nullptr) return;
    if (!core_->guard.enter()) {
      late();
      return;
    }
    core_->abort_placed();
    core_->guard.set_lease(false);
    core_->guard.leave();
    forget(Status::invalid);
  }

 private:
  friend class Producer;
  explicit Reservation(Status status) noexcept : status_(status) {}
  Reservation(detail::ProducerCore* core, void* data, std::size_t size) noexcept
      : core_(core), data_(data), size_(size), status_(Status::ok) {}

  Status check(std::size_t size, std::uint16_t kind) {
    using Form = detail::ProducerCore::Form;
    if (size > size_) {
      return core_->fail(Status::invalid, "commit of " + std::to_string(size) + " bytes, " +
                                              std::to_string(size_) + " were reserved");
    }
    if (core_->form == Form::fixed && size != size_) {
      return core_->fail(Status::invalid, "commit of " + std::to_string(size) +
                                              " bytes; this channel's records have " +
                                              std::to_string(size_));
    }
    if (core_->form == Form::classic && size == 0) {
      return core_->fail(Status::invalid,
                         "commit of 0 bytes; existing classic consumers would stall on it for ever");
    }
    if (kind != 0 && (core_->form != Form::variable || kind > layout::kMaxKind)) {
      return core_->fail(Status::invalid, "kind " + std::to_string(kind) + " is not possible here");
    }
    return Status::ok;
  }

  Status late() noexcept {
    core_->end_lease_late();
    forget(Status::closed);
    return Status::closed;
  }
  void forget(Status status) noexcept {
    core_ = nullptr;
    data_ = nullptr;
    size_ = 0;
    status_ = status;
  }
  void swap(Reservation& other) noexcept {
    std::swap(core_, other.core_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(status_, other.status_);
  }

  detail::ProducerCore* core_ = nullptr;
  void* data_ = nullptr;
  std::size_t size_ = 0;
  Status status_ = Status::invalid;
};

// Space for a run of adjacent fixed-size records. As Reservation; sizes count records.
class RunReservation {
 public:
  RunReservation() = default;
  RunReservation(RunReservation&& other) noexcept { swap(other); }
  RunReservation& operator=(RunReservation&& other) noexcept {
    RunReservation old(std::move(other));
    swap(old);
    return *this;
  }
  ~RunReservation() { abort(); }

  explicit operator bool() const noexcept { return status_ == Status::ok; }
  Status status() const noexcept { return status_; }
  void* data() const noexcept { return data_; }
  std::size_t count() const noexcept { return count_; }  // records there is space for

  // Publishes the first `records`. `invalid` when more than were reserved (the reservation stays).
  Status commit(std::size_t records) {
    if (core_ == nullptr) return Status::invalid;
    if (!core_->guard.enter()) return late();
    Status status = Status::ok;
    if (records > count_) {
      status = core_->fail(Status::invalid, "commit of " + std::to_string(records) + " records, " +
                                                std::to_string(count_) + " were reserved");
    } else {
      if (records == 0) {
        core_->fixed.abort();
      } else {
        core_->publish_fixed(records);
      }
      core_->guard.set_lease(false);
    }
    core_->guard.leave();
    if (status == Status::ok) forget(Status::invalid);
    return status;
  }
  Status commit() { return commit(count_); }

  void abort() noexcept {
    if (core_ == nullptr) return;
    if (!core_->guard.enter()) {
      late();
      return;
    }
    core_->fixed.abort();
    core_->guard.set_lease(false);
    core_->guard.leave();
    forget(Status::invalid);
  }

 private:
  friend class Producer;
  explicit RunReservation(Status status) noexcept : status_(status) {}
  RunReservation(detail::ProducerCore* core, void* data, std::size_t count) noexcept
      : core_(core), data_(data), count_(count), status_(Status::ok) {}

  Status late() noexcept {
    core_->end_lease_late();
    forget(Status::closed);
    return Status::closed;
  }
  void forget(Status status) noexcept {
    core_ = nullptr;
    data_ = nullptr;
    count_ = 0;
    status_ = status;
  }
  void swap(RunReservation& other) noexcept {
    std::swap(core_, other.core_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    std::swap(status_, other.status_);
  }

  detail::ProducerCore* core_ = nullptr;
  void* data_ = nullptr;
  std::size_t count_ = 0;
  Status status_ = Status::invalid;
};

}  // namespace shmbuf

#endif  // SHMBUF_RESERVATION_HPP_
