// One way, as fast as it goes. Every record starts with its number.
#ifndef BENCH_STREAM_HPP_
#define BENCH_STREAM_HPP_

#include <cstdio>

#include "job.hpp"

class Sender {
 public:
  explicit Sender(const Job& job)
      : job_(job), buffer_(job.size * job.batch), producer_(create(job, job.name)) {
    for (std::size_t i = 0; i < buffer_.size(); ++i) buffer_[i] = static_cast<unsigned char>(i);
    for (std::size_t i = 0; i < job.batch; ++i) records_.push_back({&buffer_[i * job.size], job.size});
  }

  // Sends until the time is over, which starts after the warm-up.
  void run() {
    while (number_ < job_.warm) chunk();
    // Two chunks at least: the receiver's end of the warm-up lies within the first.
    const std::uint64_t enough = number_ + 2 * job_.chunk;
    for (const std::int64_t start = now(); number_ < enough || now() - start < job_.time;) chunk();
    producer_.close();
  }

 private:
  void chunk() {
    if (job_.mode == "copy") return copies();
    if (job_.mode == "place") return places();
    for (std::size_t i = 0; i < job_.chunk / job_.batch; ++i) {
      for (const shmbuf::Bytes& record : records_) put_number(const_cast<void*>(record.data), number_++);
      std::size_t written = 0;
      demand(job_.mode == "run" ? producer_.write_run(buffer_.data(), job_.batch, &written)
                                : producer_.write_batch(records_.data(), job_.batch, &written),
             producer_);
    }
  }

  void copies() {
    for (std::size_t i = 0; i < job_.chunk; ++i) {
      put_number(buffer_.data(), number_++);
      demand(producer_.write(buffer_.data(), job_.size), producer_);
    }
  }

  void places() {
    for (std::size_t i = 0; i < job_.chunk; ++i) {
      shmbuf::Reservation room = producer_.reserve(job_.size);
      demand(room.status(), producer_);
      put_number(room.data(), number_++);
      demand(room.commit(), producer_);
    }
  }

  Job job_;
  std::uint64_t number_ = 0;
  std::vector<unsigned char> buffer_;
  std::vector<shmbuf::Bytes> records_;
  shmbuf::Producer producer_;
};

class Receiver {
 public:
  explicit Receiver(const Job& job)
      : job_(job), buffer_(job.size), records_(job.batch), consumer_(open(job.name)) {}

  // Reads until the end of the stream. The clock runs from the end of the warm-up to the last record.
  void run() {
    std::int64_t start = 0;
    std::uint64_t first = 0;
    while (chunk()) {
      if (start == 0 && number_ >= job_.warm) {
        start = now();
        first = number_;
      }
    }
    const std::int64_t end = now();
    if (start == 0 || number_ == first) {
      throw std::runtime_error(job_.name + ": the stream ended after " + std::to_string(number_) +
                               " records, in the warm-up");
    }
    consumer_.close();
    std::printf("{\"records\":%llu,\"seconds\":%.9f}\n", static_cast<unsigned long long>(number_ - first),
                static_cast<double>(end - start) / 1e9);
  }

 private:
  // False at the end of the stream.
  bool chunk() {
    if (job_.mode == "copy") return copies();
    if (job_.mode == "place") return places();
    for (std::size_t i = 0; i < job_.chunk / job_.batch; ++i) {
      if (!(job_.mode == "run" ? run_of_records() : batch())) return false;
    }
    return true;
  }

  bool more(shmbuf::Status status) {
    if (status == shmbuf::Status::end_of_stream) return false;
    demand(status, consumer_);
    return true;
  }

  void check(const void* record) {
    if (job_.every == 1 || (number_ + 1) % job_.every == 0) demand_number(job_, record, number_);
    ++number_;
  }

  bool copies() {
    for (std::size_t i = 0; i < job_.chunk; ++i) {
      std::size_t length = 0;
      if (!more(consumer_.read(buffer_.data(), buffer_.size(), &length))) return false;
      check(buffer_.data());
    }
    return true;
  }

  bool places() {
    for (std::size_t i = 0; i < job_.chunk; ++i) {
      const shmbuf::View record = consumer_.peek();
      if (!more(record.status())) return false;
      check(record.data());
    }
    return true;
  }

  bool batch() {
    std::size_t count = 0;
    if (!more(consumer_.peek_batch(records_.data(), records_.size(), &count))) return false;
    for (std::size_t i = 0; i < count; ++i) check(records_[i].data);
    demand(consumer_.release_batch(), consumer_);
    return true;
  }

  bool run_of_records() {
    const shmbuf::RunView run = consumer_.peek_run(job_.batch);
    if (!more(run.status())) return false;
    const unsigned char* record = static_cast<const unsigned char*>(run.data());
    for (std::size_t i = 0; i < run.count(); ++i, record += job_.size) check(record);
    return true;
  }

  Job job_;
  std::uint64_t number_ = 0;  // of the next record
  std::vector<unsigned char> buffer_;
  std::vector<shmbuf::RecordRef> records_;
  shmbuf::Consumer consumer_;
};

#endif  // BENCH_STREAM_HPP_
