// The consuming peer.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "content.hpp"

namespace {

using shmbuf::Status;

class Receiver {
 public:
  Receiver(const Flags& f, Report* report) : f_(f), r_(report), content_(f), refs_(f.batch) {}

  Status open_channel() {
    const Status status = open(f_, &c);
    buffer_.resize(static_cast<std::size_t>(c.max_record()));
    return status;
  }

  // Opens the channel that replaced this one.
  Status follow() {
    count_guards();
    ++r_->follows;
    c.close();
    base_ = r_->next;
    return open_channel();
  }

  // Waits for the producer that goes on with a closed channel.
  Status reopen() {
    c.close();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return open_channel();
  }

  void count_guards() { r_->guards += c.stats().guard_hits; }

  // Takes up to n records. `invalid` with a problem in the report when they are not as expected.
  Status take(std::uint64_t n) {
    if (f_.fixed != 0 && (f_.in_place || f_.batch > 1)) return take_run(n);
    if (f_.batch > 1) return take_batch(n);
    if (f_.in_place) return take_view();
    std::size_t size = 0;
    const Status status = c.read(buffer_.data(), buffer_.size(), &size, kPatience);
    if (status != Status::ok) return status;
    return payload(buffer_.data(), size) ? Status::ok : Status::invalid;
  }

  Status last() {
    std::size_t size = 0;
    return c.read(buffer_.data(), buffer_.size(), &size, kPatience);
  }

  shmbuf::Consumer c;

 private:
  Status take_run(std::uint64_t n) {
    shmbuf::RunView run = c.peek_run(static_cast<std::size_t>(n), kPatience);
    if (!run) return run.status();
    const unsigned char* at = static_cast<const unsigned char*>(run.data());
    for (std::size_t k = 0; k < run.count(); ++k, at += f_.fixed) {
      if (!payload(at, static_cast<std::size_t>(f_.fixed))) return Status::invalid;
    }
    return run.release();
  }

  Status take_batch(std::uint64_t n) {
    std::size_t count = 0;
    const Status status = c.peek_batch(refs_.data(), static_cast<std::size_t>(n), &count, kPatience);
    if (status != Status::ok) return status;
    for (std::size_t k = 0; k < count; ++k) {
      const shmbuf::RecordRef& ref = refs_[k];
      if (!header(ref.seq, ref.kind, ref.time) || !payload(ref.data, ref.size)) return Status::invalid;
    }
    return c.release_batch();
  }

  Status take_view() {
    shmbuf::View view = c.peek(kPatience);
    if (!view) return view.status();
    if (!header(view.seq(), view.kind(), view.time()) || !payload(view.data(), view.size()))
      return Status::invalid;
    return view.release();
  }

  bool header(std::uint64_t sequence, std::uint16_t kind, std::int64_t time) {
    if (!f_.classic && sequence != r_->next - base_) {
      return r_->fail("sequence number " + std::to_string(sequence) + ", want " +
                      std::to_string(r_->next - base_));
    }
    const std::uint16_t want = content_.record(r_->next).kind;
    if (!f_.classic && kind != want) {
      return r_->fail("kind " + std::to_string(kind) + ", want " + std::to_string(want));
    }
    if (f_.times && (time == 0 || time < time_)) {
      return r_->fail("publication time " + std::to_string(time) + " after " + std::to_string(time_));
    }
    time_ = time;
    return true;
  }

  bool payload(const void* data, std::size_t size) {
    const Expected e = content_.record(r_->next);
    if (size != e.size || (size != 0 && std::memcmp(data, e.data, size) != 0)) {
      return r_->fail(std::to_string(size) + " bytes that differ from the " + std::to_string(e.size) +
                      " expected");
    }
    r_->add(1, size);
    return true;
  }

  const Flags& f_;
  Report* r_;
  Content content_;
  std::vector<shmbuf::RecordRef> refs_;
  std::vector<unsigned char> buffer_;
  std::uint64_t base_ = 0;  // index of the record with sequence number 0
  std::int64_t time_ = 0;   // of the record before
};

}  // namespace

bool consume(const Flags& f, Report* r) {
  Receiver v(f, r);
  Status status = v.open_channel();
  if (status != Status::ok) return r->fail(status, v.c.message());
  const std::uint64_t end = f.from + f.total();
  while (r->next < end) {
    status = v.take(std::min(f.batch, end - r->next));
    if (!r->problem.empty()) return false;
    if (status == Status::retired) status = v.follow();
    if (status == Status::end_of_stream && f.again) status = v.reopen();
    if (status != Status::ok) return r->fail(status, v.c.message());
  }
  if (f.dies()) {
    if (f.in_place && f.fixed == 0) {
      const shmbuf::View view = v.c.try_peek();  // looked at and never released: comes again
      die();
    }
    die();
  }
  if (f.expect_end && (status = v.last()) != Status::end_of_stream)
    return r->fail(status, "want end_of_stream");
  if (f.expect_death && (status = v.last()) != Status::peer_died) return r->fail(status, "want peer_died");
  v.count_guards();
  v.c.close();
  return true;
}
