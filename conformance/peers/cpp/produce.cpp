// The producing peer.
#include <algorithm>
#include <cstring>

#include "content.hpp"

namespace {

using shmbuf::Status;

class Sender {
 public:
  Sender(const Flags& f, Report* report, shmbuf::Producer* p) : f_(f), r_(report), p_(p), content_(f) {}

  // What can never be sent is refused and leaves no trace.
  bool refuses() {
    const std::vector<unsigned char> longest(p_->max_record() + 1);
    const Status want = f_.fixed != 0 ? Status::invalid : Status::too_large;
    Status got = p_->try_write(longest.data(), longest.size());
    if (got != want) return r_->fail(got, "for a record of " + std::to_string(longest.size()) + " bytes");
    if (f_.classic && (got = p_->try_write("", 0)) != Status::invalid) {
      return r_->fail(got, "for an empty classic record");
    }
    return true;
  }

  // Sends up to n records from index i on.
  Status send(std::uint64_t i, std::uint64_t n) {
    if (f_.fixed != 0) return f_.in_place ? fill_run(i, n) : copy_run(i, n);
    if (f_.in_place) return fill(i);
    if (f_.batch > 1) return batch(i, n);
    const Expected e = content_.record(i);
    const Status status = p_->write_kind(e.kind, e.data, e.size, kPatience);
    if (status == Status::ok) r_->add(1, e.size);
    return status;
  }

  // Reserves and scribbles but never commits: nobody may see it.
  void spoil() {
    if (f_.fixed != 0) {
      shmbuf::RunReservation run = p_->try_reserve_run(1);
      if (run) std::memset(run.data(), 0xEE, static_cast<std::size_t>(f_.fixed));
      if (run) die();
    } else {
      shmbuf::Reservation r =
          p_->try_reserve(static_cast<std::size_t>(std::min<std::uint64_t>(f_.max, 64)));
      if (r) std::memset(r.data(), 0xEE, r.size());
      if (r) die();
    }
    die();
  }

 private:
  Status fill(std::uint64_t i) {
    const Expected e = content_.record(i);
    // Sometimes more than needed: commit may be shorter.
    const std::uint64_t size = std::min<std::uint64_t>(e.size + i % 3, p_->max_record());
    shmbuf::Reservation r = p_->reserve(static_cast<std::size_t>(size), kPatience);
    if (!r) return r.status();
    if (e.size != 0) std::memcpy(r.data(), e.data, e.size);
    const Status status = r.commit(e.size, e.kind);
    if (status == Status::ok) r_->add(1, e.size);
    return status;
  }

  Status batch(std::uint64_t i, std::uint64_t n) {
    records_.clear();
    std::uint64_t bytes = 0;
    for (std::uint64_t k = 0; k < n; ++k) {
      const Expected e = content_.record(i + k);
      records_.push_back(shmbuf::Bytes{e.data, e.size});
      bytes += e.size;
    }
    std::size_t written = 0;
    const Status status = p_->write_batch(records_.data(), records_.size(), &written, kPatience);
    r_->add(written, bytes);
    return status;
  }

  Status fill_run(std::uint64_t i, std::uint64_t n) {
    shmbuf::RunReservation run = p_->reserve_run(static_cast<std::size_t>(n), kPatience);
    if (!run) return run.status();
    const std::size_t got = run.count();
    for (std::size_t k = 0; k < got; ++k) {
      std::memcpy(static_cast<unsigned char*>(run.data()) + k * f_.fixed, content_.record(i + k).data,
                  static_cast<std::size_t>(f_.fixed));
    }
    const Status status = run.commit(got);
    if (status == Status::ok) r_->add(got, got * f_.fixed);
    return status;
  }

  Status copy_run(std::uint64_t i, std::uint64_t n) {
    run_.clear();
    for (std::uint64_t k = 0; k < n; ++k) {
      const Expected e = content_.record(i + k);
      run_.insert(run_.end(), e.data, e.data + e.size);
    }
    std::size_t written = 1;
    const Status status =
        n == 1 ? p_->write(run_.data(), run_.size(), kPatience)
               : p_->write_run(run_.data(), static_cast<std::size_t>(n), &written, kPatience);
    if (status == Status::ok || n > 1) r_->add(written, written * f_.fixed);
    return status;
  }

  const Flags& f_;
  Report* r_;
  shmbuf::Producer* p_;
  Content content_;
  std::vector<shmbuf::Bytes> records_;
  std::vector<unsigned char> run_;
};

}  // namespace

bool produce(const Flags& f, Report* r) {
  shmbuf::Producer p;
  Status status = create(f, "", &p);
  if (status != Status::ok) return r->fail(status, p.message());
  Sender sender(f, r, &p);
  if (!sender.refuses()) return false;
  const std::uint64_t end = f.from + f.total();
  while (r->next < end) {
    status = sender.send(r->next, std::min(f.batch, end - r->next));
    if (f.expect_death && status == Status::peer_died) return true;
    if (status != Status::ok) return r->fail(status, p.message());
  }
  if (f.dies() && f.in_place) sender.spoil();
  if (f.dies()) die();
  r->guards = p.stats().guard_hits;
  p.close();
  return true;
}
