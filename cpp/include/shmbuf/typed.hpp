// Channels of fixed-size records of one C++ type.
#ifndef SHMBUF_TYPED_HPP_
#define SHMBUF_TYPED_HPP_

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "shmbuf/consumer.hpp"
#include "shmbuf/producer.hpp"

namespace shmbuf {

// A RunReservation whose records are T. data() is valid until commit(), abort() or the destructor.
template <class T>
class TypedReservation {
 public:
  explicit TypedReservation(RunReservation run) noexcept : run_(std::move(run)) {}
  explicit operator bool() const noexcept { return static_cast<bool>(run_); }
  Status status() const noexcept { return run_.status(); }
  T* data() const noexcept { return static_cast<T*>(run_.data()); }
  std::size_t count() const noexcept { return run_.count(); }
  T* begin() const noexcept { return data(); }
  T* end() const noexcept { return data() + count(); }
  T& operator[](std::size_t i) const noexcept { return data()[i]; }
  Status commit(std::size_t records) { return run_.commit(records); }
  Status commit() { return run_.commit(); }
  void abort() noexcept { run_.abort(); }

 private:
  RunReservation run_;
};

// A RunView whose records are T. data() is valid until release() or the destructor.
template <class T>
class TypedView {
 public:
  explicit TypedView(RunView run) noexcept : run_(std::move(run)) {}
  explicit operator bool() const noexcept { return static_cast<bool>(run_); }
  Status status() const noexcept { return run_.status(); }
  const T* data() const noexcept { return static_cast<const T*>(run_.data()); }
  std::size_t count() const noexcept { return run_.count(); }
  std::uint64_t seq() const noexcept { return run_.seq(); }
  const T* begin() const noexcept { return data(); }
  const T* end() const noexcept { return data() + count(); }
  const T& operator[](std::size_t i) const noexcept { return data()[i]; }
  Status release(std::size_t records) { return run_.release(records); }
  Status release() { return run_.release(); }

 private:
  RunView run_;
};

// A Producer of records of type T. Blocking, threads, errors: as Producer.
template <class T>
class TypedProducer {
  static_assert(std::is_trivially_copyable<T>::value, "records are copied byte by byte between processes");
  static_assert(alignof(T) <= layout::kMaxAlignment, "records can be aligned to at most 4096 bytes");

 public:
  // options.record_size must be 0 or sizeof(T).
  Status create(const std::string& name, Options options = Options()) {
    if (options.record_size == 0) options.record_size = sizeof(T);
    if (options.alignment == 0 && alignof(T) > 8)
      options.alignment = static_cast<std::uint32_t>(alignof(T));
    if (options.record_size != sizeof(T)) {
      wrong_ = "channel '" + name + "': record_size is " + std::to_string(options.record_size) +
               "; the type has " + std::to_string(sizeof(T)) + " bytes, leave record_size out";
      return Status::invalid;
    }
    wrong_.clear();
    return producer_.create(name, options);
  }
  Status write(const T& record, Timeout timeout = forever) {
    return producer_.write(&record, sizeof(T), timeout);
  }
  Status try_write(const T& record) { return producer_.try_write(&record, sizeof(T)); }
  Status write_run(const T* records, std::size_t count, std::size_t* written, Timeout timeout = forever) {
    return producer_.write_run(records, count, written, timeout);
  }
  Status try_write_run(const T* records, std::size_t count, std::size_t* written) {
    return producer_.try_write_run(records, count, written);
  }
  TypedReservation<T> reserve(std::size_t max, Timeout timeout = forever) {
    return TypedReservation<T>(producer_.reserve_run(max, timeout));
  }
  TypedReservation<T> try_reserve(std::size_t max) {
    return TypedReservation<T>(producer_.try_reserve_run(max));
  }
  Status close() { return producer_.close(); }
  std::string message() const { return wrong_.empty() ? producer_.message() : wrong_; }
  Producer& producer() noexcept { return producer_; }

 private:
  Producer producer_;
  std::string wrong_;
};

// A Consumer of records of type T. Blocking, threads, errors: as Consumer.
template <class T>
class TypedConsumer {
  static_assert(std::is_trivially_copyable<T>::value, "records are copied byte by byte between processes");

 public:
  // `invalid` when the channel's records do not have the size of T.
  Status open(const std::string& name, const ConsumerOptions& options = ConsumerOptions()) {
    wrong_.clear();
    const Status status = consumer_.open(name, options);
    if (status != Status::ok || consumer_.record_size() == sizeof(T)) return status;
    wrong_ = "channel '" + name + "': its records have " + std::to_string(consumer_.record_size()) +
             " bytes (0: sizes vary), the type has " + std::to_string(sizeof(T)) +
             "; open it with the type it carries";
    consumer_ = Consumer();
    return Status::invalid;
  }
  Status read(T* record, Timeout timeout = forever) {
    std::size_t length = 0;
    return consumer_.read(record, sizeof(T), &length, timeout);
  }
  Status try_read(T* record) {
    std::size_t length = 0;
    return consumer_.try_read(record, sizeof(T), &length);
  }
  TypedView<T> peek(std::size_t max, Timeout timeout = forever) {
    return TypedView<T>(consumer_.peek_run(max, timeout));
  }
  TypedView<T> try_peek(std::size_t max) { return TypedView<T>(consumer_.try_peek_run(max)); }
  Status close() { return consumer_.close(); }
  std::string message() const { return wrong_.empty() ? consumer_.message() : wrong_; }
  Consumer& consumer() noexcept { return consumer_; }

 private:
  Consumer consumer_;
  std::string wrong_;
};

}  // namespace shmbuf

#endif  // SHMBUF_TYPED_HPP_
