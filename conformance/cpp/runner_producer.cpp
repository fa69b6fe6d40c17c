#include <sstream>

#include "answers.hpp"
#include "runner.hpp"

using shmbuf::Status;

bool Runner::producing(const Step& s) {
  if (s.verb == "write") {
    write(s);
  } else if (s.verb == "batch") {
    batch(s);
  } else if (s.verb == "reserve") {
    reservation_ = producer_.try_reserve(static_cast<std::size_t>(s.number("len")));
    answer(s, reservation_.status(), producer_.message());
    if (reservation_) {
      same("len", reservation_.size(), s.number("len"));
      aligned(s, reservation_.data());
      fill(static_cast<unsigned char*>(reservation_.data()), reservation_.size(), s.number("fill"));
    }
  } else if (s.verb == "commit") {
    commit(s);
  } else if (s.verb == "abort") {
    reservation_.abort();
    run_reservation_.abort();
  } else if (s.verb == "run") {
    run_of_records(s);
  } else if (s.verb == "reserve_run") {
    reserve_run(s);
  } else if (s.verb == "commit_run") {
    answer(s, run_reservation_.commit(static_cast<std::size_t>(s.number("count"))), producer_.message());
  } else {
    return false;
  }
  return true;
}

void Runner::write(const Step& s) {
  const Data data = pattern(s.number("len"), s.number("fill"));
  const Status status =
      s.has("kind")
          ? producer_.try_write_kind(static_cast<std::uint32_t>(s.number("kind")), data.data(), data.size())
          : producer_.try_write(data.data(), data.size());
  answer(s, status, producer_.message());
}

void Runner::commit(const Step& s) {
  const std::size_t size = static_cast<std::size_t>(s.number("len"));
  const Status status = s.has("kind")
                            ? reservation_.commit(size, static_cast<std::uint16_t>(s.number("kind")))
                            : reservation_.commit(size);
  answer(s, status, producer_.message());
}

void Runner::batch(const Step& s) {
  std::vector<Data> contents;
  std::istringstream lengths(s.args.at("lens"));
  for (std::string n; std::getline(lengths, n, ',');) {
    contents.push_back(pattern(number(n), s.number("fill") + contents.size()));
  }
  std::vector<shmbuf::Bytes> records;
  for (const Data& data : contents) records.push_back(shmbuf::Bytes{data.data(), data.size()});
  std::size_t written = 0;
  const Status status = producer_.try_write_batch(records.data(), records.size(), &written);
  answer(s, partly(status, written), producer_.message());
  same("n", written, s.wanted("n"));
}

void Runner::run_of_records(const Step& s) {
  Data content;
  for (std::uint64_t k = 0; k < s.number("count"); ++k) {
    const Data record = pattern(producer_.record_size(), s.number("fill") + k);
    content.insert(content.end(), record.begin(), record.end());
  }
  std::size_t written = 0;
  const Status status =
      producer_.try_write_run(content.data(), static_cast<std::size_t>(s.number("count")), &written);
  answer(s, partly(status, written), producer_.message());
  same("n", written, s.wanted("n"));
}

void Runner::reserve_run(const Step& s) {
  run_reservation_ = producer_.try_reserve_run(static_cast<std::size_t>(s.number("max")));
  answer(s, run_reservation_.status(), producer_.message());
  if (!run_reservation_) return;
  same("n", run_reservation_.count(), s.wanted("n"));
  aligned(s, run_reservation_.data());
  const std::size_t size = static_cast<std::size_t>(producer_.record_size());
  for (std::size_t k = 0; k < run_reservation_.count(); ++k) {
    fill(static_cast<unsigned char*>(run_reservation_.data()) + k * size, size, s.number("fill") + k);
  }
}
