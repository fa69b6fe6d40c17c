#include "answers.hpp"
#include "runner.hpp"

using shmbuf::Status;

bool Runner::consuming(const Step& s) {
  if (s.verb == "read") {
    read(s);
  } else if (s.verb == "peek") {
    peek(s);
  } else if (s.verb == "peek_batch") {
    // Batches in place are one record at a time on classic channels: copies show the same.
    consumer_.layout() == shmbuf::Layout::classic ? copy_batch(s) : peek_batch(s);
  } else if (s.verb == "peek_run") {
    peek_run(s);
  } else if (s.verb == "release") {
    answer(s, view_.release(), consumer_.message());
    answer(s, run_view_.release(), consumer_.message());
    answer(s, consumer_.release_batch(), consumer_.message());
  } else if (s.verb == "release_run") {
    answer(s, run_view_.release(static_cast<std::size_t>(s.number("count"))), consumer_.message());
  } else {
    return false;
  }
  return true;
}

void Runner::read(const Step& s) {
  Data buffer(s.has("cap") ? static_cast<std::size_t>(s.number("cap")) : std::size_t(1) << 20);
  std::size_t size = 0;
  const Status status = consumer_.try_read(buffer.data(), buffer.size(), &size);
  answer(s, status, consumer_.message());
  if (s.wants("need")) same("need", size, s.wanted("need"));
  if (status == Status::ok) {
    same("len", size, s.wanted("len"));
    check_fill(buffer.data(), size, s.wanted("fill"));
  }
}

void Runner::peek(const Step& s) {
  view_ = consumer_.try_peek();
  answer(s, view_.status(), consumer_.message());
  if (!view_) return;
  same("len", view_.size(), s.wanted("len"));
  check_fill(view_.data(), view_.size(), s.wanted("fill"));
  aligned(s, view_.data());
  if (s.wants("seq")) same("seq", view_.seq(), s.wanted("seq"));
  if (s.wants("kind")) same("kind", view_.kind(), s.wanted("kind"));
}

void Runner::peek_batch(const Step& s) {
  std::vector<shmbuf::RecordRef> records(static_cast<std::size_t>(s.number("max")));
  std::size_t count = 0;
  const Status status = consumer_.try_peek_batch(records.data(), records.size(), &count);
  answer(s, status, consumer_.message());
  if (status != Status::ok) return;
  std::string lengths;
  for (std::size_t k = 0; k < count; ++k) {
    lengths += (k == 0 ? "" : ",") + std::to_string(records[k].size);
    check_fill(records[k].data, records[k].size, s.wanted("fill") + k);
    if (s.wants("seq")) same("seq", records[k].seq, s.wanted("seq") + k);
  }
  same("lens", lengths, s.want.at("lens"));
}

void Runner::copy_batch(const Step& s) {
  std::string lengths;
  Status status = Status::ok;
  for (std::uint64_t k = 0; k < s.number("max"); ++k) {
    Data buffer(static_cast<std::size_t>(consumer_.max_record()));
    std::size_t size = 0;
    status = consumer_.try_read(buffer.data(), buffer.size(), &size);
    if (status != Status::ok) break;
    lengths += (k == 0 ? "" : ",") + std::to_string(size);
    check_fill(buffer.data(), size, s.wanted("fill") + k);
  }
  answer(s, lengths.empty() ? status : Status::ok, consumer_.message());
  if (s.wants("lens")) same("lens", lengths, s.want.at("lens"));
}

void Runner::peek_run(const Step& s) {
  run_view_ = consumer_.try_peek_run(static_cast<std::size_t>(s.number("max")));
  answer(s, run_view_.status(), consumer_.message());
  if (!run_view_) return;
  same("n", run_view_.count(), s.wanted("n"));
  aligned(s, run_view_.data());
  const std::size_t size = static_cast<std::size_t>(consumer_.record_size());
  for (std::size_t k = 0; k < run_view_.count(); ++k) {
    check_fill(static_cast<const unsigned char*>(run_view_.data()) + k * size, size, s.wanted("fill") + k);
  }
}
