// The receiving side of a channel.
#ifndef SHMBUF_CONSUMER_HPP_
#define SHMBUF_CONSUMER_HPP_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "shmbuf/consumer_core.hpp"
#include "shmbuf/view.hpp"

namespace shmbuf {

// Opens a channel of either layout and receives its records, each exactly once. A consumer that follows
// another on the slot goes on where that one stopped.
//
// One thread at a time may call a consumer; close() may come from any thread. Calls without try_ wait for a
// record (spinning a moment, then asleep), at most `timeout`; with no_wait they return would_block. Every
// call may return end_of_stream, retired, damaged, closed, and a call that waits: timeout, peer_died (the
// producer ended without closing; not with await_peer), segment_lost.
class Consumer {
 public:
  Consumer() = default;
  Consumer(Consumer&& other) noexcept : core_(other.core_) { other.core_ = nullptr; }
  Consumer& operator=(Consumer&& other) noexcept {
    if (this != &other) {
      destroy();
      std::swap(core_, other.core_);
    }
    return *this;
  }
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  ~Consumer() { destroy(); }

  // Takes the consumer role of channel `name`; waits up to options.wait for it to appear. invalid, missing,
  // busy, not_a_channel, unknown_version, damaged, no_permission, system; message() says what was wrong.
  Status open(const std::string& name, const ConsumerOptions& options = ConsumerOptions()) {
    if (is_open()) return core_->fail(Status::invalid, "this consumer is open already; close it first");
    destroy();
    core_ = new detail::ConsumerCore;
    const Status status = core_->open(name, options);
    if (status != Status::ok) core_->close();
    return status;
  }

  // Copies the next record. *length is its size; with short_buffer the record stays and *length is what it
  // needs.
  SHMBUF_INLINE Status read(void* to, std::size_t size, std::size_t* length, Timeout timeout = forever) {
    detail::CallScope call(core_);
    if (!SHMBUF_LIKELY(call.open())) return closed(length);
    return SHMBUF_LIKELY(core_->take(to, size, length)) ? Status::ok : read_slow(to, size, length, timeout);
  }
  SHMBUF_INLINE Status try_read(void* to, std::size_t size, std::size_t* length) {
    return read(to, size, length, no_wait);
  }

  // The next record in place. One view at a time; nothing else can be read meanwhile (invalid).
  SHMBUF_INLINE View peek(Timeout timeout = forever) {
    detail::CallScope call(core_);
    if (!SHMBUF_LIKELY(call.open())) return View(closed());
    detail::FoundRecord record;
    Status status = core_->find(&record);
    if (!SHMBUF_LIKELY(status == Status::ok)) {
      if (status == Status::would_block && timeout > no_wait) {
        detail::Deadline deadline(timeout);
        status = core_->wait_for_data(deadline, [&] { return core_->find(&record); });
      }
      if (status != Status::ok) return View(status);
    }
    if (!SHMBUF_LIKELY(record.payload != nullptr)) core_->gather(&record);
    core_->guard.set_lease(true);
    return View(core_, record);
  }
  SHMBUF_INLINE View try_peek() { return peek(no_wait); }

  // The next records in place, 1 to `max`, as many as are published without waiting for more. They stay
  // until release_batch(), which can give back the first few only. Classic and fixed-size channels give one
  // record at a time (see peek_run for runs).
  Status peek_batch(RecordRef* records, std::size_t max, std::size_t* count, Timeout timeout = forever) {
    *count = 0;
    detail::CallScope call(core_);
    if (!call.open()) return closed();
    if (max == 0) return core_->fail(Status::invalid, "room for 0 records was given; use at least 1");
    detail::FoundRecord record;
    Status status = core_->find(&record);
    if (status == Status::would_block) {
      detail::Deadline deadline(timeout);
      status = core_->wait_for_data(deadline, [&] { return core_->find(&record); });
    }
    if (status != Status::ok) return status;
    core_->gather(&record);
    core_->batch.clear();
    for (;;) {
      core_->batch.push_back(record);
      records[(*count)++] =
          RecordRef{record.payload, static_cast<std::size_t>(record.size), record.sequence, record.time,
                    static_cast<std::uint16_t>(record.kind)};
      if (*count == max || core_->form != detail::ConsumerCore::Form::variable) break;
      detail::FoundRecord next;
      if (core_->variable.peek_after(record, &next) != Status::ok)
        break;  // damage comes up again at the next call
      record = next;
    }
    core_->guard.set_lease(true);
    return Status::ok;
  }
  Status try_peek_batch(RecordRef* records, std::size_t max, std::size_t* count) {
    return peek_batch(records, max, count, no_wait);
  }
  // Gives all records of the batch back and ends it. ok when there is none; `closed` when the consumer was
  // closed meanwhile: a successor gets them.
  Status release_batch() { return core_ != nullptr ? release_batch(core_->batch.size()) : Status::closed; }
  // Gives the first `records` of the batch back, 0 to all, and ends it: the others come again with the next
  // read or peek. `invalid` when the batch has fewer; it is still held then.
  Status release_batch(std::size_t records) {
    if (core_ == nullptr) return Status::closed;
    if (core_->batch.empty() && records == 0) return Status::ok;
    if (core_->batch.empty() && core_->guard.closing()) return closed();
    if (records > core_->batch.size()) return release_too_many(records);
    if (!core_->guard.enter()) {
      core_->batch.clear();
      core_->end_lease_late();
      return Status::closed;
    }
    if (records != 0) core_->release_first(records);
    core_->batch.clear();
    core_->guard.set_lease(false);
    core_->guard.leave();
    return Status::ok;
  }

  // Fixed-size channels: 1 to `max` adjacent records in place, as many as are published.
  RunView peek_run(std::size_t max, Timeout timeout = forever) {
    detail::CallScope call(core_);
    if (!call.open()) return RunView(closed());
    const unsigned char* records = nullptr;
    std::uint64_t found = 0;
    Status status = core_->find_run(max, &records, &found);
    if (status == Status::would_block) {
      detail::Deadline deadline(timeout);
      status = core_->wait_for_data(deadline, [&] { return core_->find_run(max, &records, &found); });
    }
    if (status != Status::ok) return RunView(status);
    core_->guard.set_lease(true);
    return RunView(core_, records, static_cast<std::size_t>(found), core_->fixed.sequence());
  }
  RunView try_peek_run(std::size_t max) { return peek_run(max, no_wait); }

  // Fixed-size channels: copies 1 to `max` records; *count says how many.
  Status read_run(void* to, std::size_t max, std::size_t* count, Timeout timeout = forever) {
    *count = 0;
    RunView run = peek_run(max, timeout);
    if (!run) return run.status();
    std::memcpy(to, run.data(), run.count() * static_cast<std::size_t>(record_size()));
    const std::size_t copied = run.count();
    const Status status = run.release();
    if (status == Status::ok) *count = copied;
    return status;
  }
  Status try_read_run(void* to, std::size_t max, std::size_t* count) {
    return read_run(to, max, count, no_wait);
  }

  // Gives the slot up; a successor goes on with the first record that was not released. From any thread: a
  // call that waits returns `closed`. A view keeps its memory until it ends. Closing twice is ok.
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
    return "this consumer was never opened; call open() first";
  }

 private:
  SHMBUF_COLD Status closed(std::size_t* length = nullptr) {
    if (length != nullptr) *length = 0;
    return core_ != nullptr ? core_->fail(Status::closed) : Status::closed;
  }

  SHMBUF_COLD Status release_too_many(std::size_t records) {
    return core_->fail(Status::invalid, "release of " + std::to_string(records) +
                                            " records, the batch has " +
                                            std::to_string(core_->batch.size()));
  }

  void destroy() {
    if (core_ == nullptr) return;
    core_->close();
    if (!core_->batch.empty()) {  // unreleased records are for a successor
      core_->batch.clear();
      core_->end_lease_late();
    }
    core_->abandon();
    core_ = nullptr;
  }

  SHMBUF_COLD Status read_slow(void* to, std::size_t size, std::size_t* length, Timeout timeout) {
    if (timeout > no_wait) core_->spinner.gathering.pause();
    const auto attempt = [&] {
      return core_->look() && core_->take(to, size, length) ? Status::ok : read_now(to, size, length);
    };
    const Status status = attempt();
    if (status != Status::would_block || timeout <= no_wait) return status;
    detail::Deadline deadline(timeout);
    return core_->wait_for_data(deadline, attempt);
  }

  Status read_now(void* to, std::size_t size, std::size_t* length) {
    detail::FoundRecord record;
    const Status status = core_->find(&record);
    if (!SHMBUF_LIKELY(status == Status::ok)) {
      *length = 0;
      return status;
    }
    *length = static_cast<std::size_t>(record.size);
    if (!SHMBUF_LIKELY(record.size <= size)) return too_short(record.size, size);
    core_->copy(record, to);
    core_->release(record);
    return Status::ok;
  }
  SHMBUF_COLD Status too_short(std::uint64_t needed, std::size_t size) {
    return core_->fail(Status::short_buffer, "the record has " + std::to_string(needed) +
                                                 " bytes, the buffer " + std::to_string(size));
  }

  detail::ConsumerCore* core_ = nullptr;
};

}  // namespace shmbuf

#endif  // SHMBUF_CONSUMER_HPP_
