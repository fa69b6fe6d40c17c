// The sending side of a channel.
#ifndef SHMBUF_PRODUCER_HPP_
#define SHMBUF_PRODUCER_HPP_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "shmbuf/producer_core.hpp"
#include "shmbuf/reservation.hpp"

namespace shmbuf {

// Creates a channel, or goes on with one whose producer has ended, and sends records.
//
// One thread at a time may call a producer; close() may come from any thread. Calls without try_ wait for
// room (spinning a moment, then asleep), at most `timeout`; with no_wait they return would_block. Every
// call may return closed, and a call that waits: timeout, peer_died (the consumer ended without closing;
// not with await_peer), retired, segment_lost, damaged.
class Producer {
 public:
  Producer() = default;
  Producer(Producer&& other) noexcept : core_(other.core_) { other.core_ = nullptr; }
  Producer& operator=(Producer&& other) noexcept {
    if (this != &other) {
      destroy();
      std::swap(core_, other.core_);
    }
    return *this;
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;
  ~Producer() { destroy(); }

  // Takes the producer role of channel `name`. Does not wait. invalid, exists, busy, not_a_channel,
  // unknown_version, damaged, no_space, no_permission, system; message() says what was wrong.
  Status create(const std::string& name, const Options& options = Options()) {
    if (is_open()) return core_->fail(Status::invalid, "this producer is open already; close it first");
    destroy();
    core_ = new detail::ProducerCore;
    const Status status = core_->create(name, options);
    if (status != Status::ok) core_->close();
    return status;
  }

  // Sends a copy of `size` bytes as one record. too_large; invalid when `size` is not the channel's record
  // size, or 0 on a classic channel.
  Status write(const void* data, std::size_t size, Timeout timeout = forever) {
    return write_kind(0, data, size, timeout);
  }
  SHMBUF_INLINE Status try_write(const void* data, std::size_t size) {
    return try_write_kind(0, data, size);
  }

  // As write(), with the user's tag 0 to 65534 (variable-size native records only).
  SHMBUF_INLINE Status write_kind(std::uint32_t kind, const void* data, std::size_t size,
                                  Timeout timeout = forever) {
    detail::CallScope call(core_);
    if (!SHMBUF_LIKELY(call.open())) return closed();
    const Status status = core_->write_now(data, size, kind);
    if (SHMBUF_LIKELY(status != Status::would_block)) return status;
    detail::Deadline deadline(timeout);
    return core_->wait_for_space(deadline, [&] { return core_->write_now(data, size, kind); });
  }
  SHMBUF_INLINE Status try_write_kind(std::uint32_t kind, const void* data, std::size_t size) {
    detail::CallScope call(core_);
    if (!SHMBUF_LIKELY(call.open())) return closed();
    return core_->write_now(data, size, kind);
  }

  // Sends `count` records. Those that fit together are published together. *written counts what was
  // published, also when the result is not ok.
  Status write_batch(const Bytes* records, std::size_t count, std::size_t* written,
                     Timeout timeout = forever) {
    *written = 0;
    detail::CallScope call(core_);
    if (!call.open()) return closed();
    detail::Deadline deadline(timeout);
    while (*written < count) {
      Status status = publish_fitting(records, count, written);
      if (status == Status::would_block) {
        const std::size_t before = *written;
        status = core_->wait_for_space(deadline, [&] {
          const Status tried = publish_fitting(records, count, written);
          return *written > before && tried == Status::would_block ? Status::ok : tried;
        });
      }
      if (status != Status::ok) return status;
    }
    return Status::ok;
  }
  Status try_write_batch(const Bytes* records, std::size_t count, std::size_t* written) {
    *written = 0;
    detail::CallScope call(core_);
    if (!call.open()) return closed();
    return count == 0 ? Status::ok : publish_fitting(records, count, written);
  }

  // Space for one record of up to `size` bytes (fixed: exactly the record size), to be filled in place. One
  // reservation at a time; nothing else can be written meanwhile (invalid).
  Reservation reserve(std::size_t size, Timeout timeout = forever) {
    detail::CallScope call(core_);
    if (!call.open()) return Reservation(closed());
    unsigned char* to = nullptr;
    Status status = core_->place(size, 0, &to);
    if (status == Status::would_block) {
      detail::Deadline deadline(timeout);
      status = core_->wait_for_space(deadline, [&] { return core_->place(size, 0, &to); });
    }
    if (status != Status::ok) return Reservation(status);
    if (to == nullptr) {  // classic, and the payload would wrap
      core_->wrapped.resize(size);
      to = core_->wrapped.data();
    }
    core_->guard.set_lease(true);
    return Reservation(core_, to, size);
  }
  Reservation try_reserve(std::size_t size) { return reserve(size, no_wait); }

  // Fixed-size channels: sends copies of `records` adjacent records; *written counts those published.
  Status write_run(const void* data, std::size_t records, std::size_t* written, Timeout timeout = forever) {
    *written = 0;
    detail::CallScope call(core_);
    if (!call.open()) return closed();
    detail::Deadline deadline(timeout);
    while (*written < records) {
      const auto attempt = [&] { return copy_run(data, records, written); };
      Status status = attempt();
      if (status == Status::would_block) status = core_->wait_for_space(deadline, attempt);
      if (status != Status::ok) return status;
    }
    return Status::ok;
  }
  // Sends what fits now; would_block when that is not all.
  Status try_write_run(const void* data, std::size_t records, std::size_t* written) {
    return write_run(data, records, written, no_wait);
  }
  // Space for 1 to `max` adjacent records, as many as there are without waiting for more.
  RunReservation reserve_run(std::size_t max, Timeout timeout = forever) {
    detail::CallScope call(core_);
    if (!call.open()) return RunReservation(closed());
    unsigned char* to = nullptr;
    std::uint64_t placed = 0;
    Status status = core_->place_run(max, &to, &placed);
    if (status == Status::would_block) {
      detail::Deadline deadline(timeout);
      status = core_->wait_for_space(deadline, [&] { return core_->place_run(max, &to, &placed); });
    }
    if (status != Status::ok) return RunReservation(status);
    core_->guard.set_lease(true);
    return RunReservation(core_, to, static_cast<std::size_t>(placed));
  }
  RunReservation try_reserve_run(std::size_t max) { return reserve_run(max, no_wait); }

  // Ends the stream: consumers drain the channel and then see end_of_stream. From any thread: a call that
  // waits returns `closed`. A reservation keeps its memory until it ends. Closing twice is ok.
  Status close() {
    if (core_ != nullptr) core_->close();
    return Status::ok;
  }

  bool is_open() const noexcept { return core_ != nullptr && !core_->guard.closing(); }
  std::string name() const { return core_ != nullptr ? core_->name : std::string(); }
  Layout layout() const noexcept { return core_ != nullptr ? core_->layout : Layout::native; }
  // Bytes in the ring.
  std::uint64_t capacity() const noexcept { return core_ != nullptr ? core_->capacity() : 0; }
  // Bytes of the longest record.
  std::uint64_t max_record() const noexcept { return core_ != nullptr ? core_->max_record() : 0; }
  // Bytes of every record; 0 when sizes vary.
  std::uint64_t record_size() const noexcept { return core_ != nullptr ? core_->geometry.record_size : 0; }
  std::string content_type() const { return core_ != nullptr ? core_->geometry.descriptor : std::string(); }
  // Counters of this handle; from the thread that uses it.
  Stats stats() const noexcept { return core_ != nullptr ? core_->snapshot() : Stats(); }
  // The last failure, for people: channel, wrong number, what to do. Empty when nothing failed.
  std::string message() const {
    if (core_ != nullptr) return core_->message();
    return "this producer was never created; call create() first";
  }
  // Something create() did that the caller may not expect (a capacity rounded down, records discarded); or
  // empty.
  std::string notice() const { return core_ != nullptr ? core_->notice : std::string(); }

 private:
  SHMBUF_COLD Status closed() { return core_ != nullptr ? core_->fail(Status::closed) : Status::closed; }

  void destroy() {
    if (core_ == nullptr) return;
    core_->close();
    core_->abandon();
    core_ = nullptr;
  }

  // Writes records from *written on until one does not fit, and publishes them together.
  Status publish_fitting(const Bytes* records, std::size_t count, std::size_t* written) {
    if (core_->form != detail::ProducerCore::Form::variable || core_->guard.has_lease()) {
      while (*written < count) {
        const Status status = core_->write_now(records[*written].data, records[*written].size, 0);
        if (status != Status::ok) return status;
        ++*written;
      }
      return Status::ok;
    }
    const std::int64_t time = core_->publication_time();
    std::uint64_t bytes = 0;
    std::size_t n = 0;
    Status status = Status::ok;
    for (; *written + n < count; ++n) {
      const Bytes& record = records[*written + n];
      unsigned char* to = core_->variable.place_fast(record.size);
      if (to == nullptr) {
        if (n != 0) core_->publish_variable(bytes);  // so that a pad may be published on its own
        *written += n;
        n = 0;
        bytes = 0;
        status = core_->place(record.size, 0, &to);
        if (status != Status::ok) return status;
      }
      detail::copy_in(to, record.data, record.size);
      core_->variable.commit(record.size, 0, time);
      bytes += record.size;
    }
    if (n != 0) core_->publish_variable(bytes);
    *written += n;
    return Status::ok;
  }

  Status copy_run(const void* data, std::size_t records, std::size_t* written) {
    unsigned char* to = nullptr;
    std::uint64_t placed = 0;
    const Status status = core_->place_run(records - *written, &to, &placed);
    if (status != Status::ok) return status;
    const std::size_t size = static_cast<std::size_t>(core_->fixed.record_size());
    detail::copy_in(to, static_cast<const unsigned char*>(data) + *written * size,
                    static_cast<std::size_t>(placed) * size);
    core_->publish_fixed(placed);
    *written += static_cast<std::size_t>(placed);
    return Status::ok;
  }

  detail::ProducerCore* core_ = nullptr;
};

}  // namespace shmbuf

#endif  // SHMBUF_PRODUCER_HPP_
