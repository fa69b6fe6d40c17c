// boost::lockfree::spsc_queue in shared memory. Its capacity and its elements are fixed when it is
// compiled; the queue then has no pointers and both processes may map it anywhere.
#ifndef BENCH_BOOST_QUEUE_HPP_
#define BENCH_BOOST_QUEUE_HPP_

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

#include "message.hpp"
#include "shared_object.hpp"
#include "spin.hpp"

namespace bench {

// An element. Those of whole cache lines lie on cache lines.
template <std::size_t Size>
struct alignas(Size % 64 == 0 ? 64 : 8) BoostRecord {
  unsigned char bytes[Size];
};

template <std::size_t Size, std::size_t Capacity>
class BoostQueue {
 public:
  using Record = BoostRecord<Size>;
  static_assert(sizeof(Record) == Size, "records lie adjacent");

  static BoostQueue create(const std::string& name, Patience patience) {
    BoostQueue queue(SharedObject::create(name, sizeof(Place)), patience);
    new (&queue.place_->queue) Queue();
    queue.place_->ready.store(1, std::memory_order_release);
    return queue;
  }
  static BoostQueue attach(const std::string& name, Patience patience) {
    BoostQueue queue(SharedObject::attach(name), patience);
    check_size(queue.object_.size(), sizeof(Place));
    await("queue in '" + name + "'",
          [&] { return queue.place_->ready.load(std::memory_order_acquire) == 1; });
    queue.object_.unlink();
    return queue;
  }

  // One record, copied.
  void send(const void* from, std::size_t) {
    until(patience_, [&] { return place_->queue.push(*static_cast<const Record*>(from)); });
  }
  std::size_t receive(void* to, std::size_t) {
    until(patience_, [&] { return place_->queue.pop(*static_cast<Record*>(to)); });
    return Size;
  }
  // All of `records`, in as many steps as it takes.
  void send_all(const void* from, std::size_t records) {
    const Record* next = static_cast<const Record*>(from);
    until(patience_, [&] {
      const std::size_t pushed = place_->queue.push(next, records);
      next += pushed;
      records -= pushed;
      return records == 0;
    });
  }
  // 1 to `most` records.
  std::size_t receive_some(void* to, std::size_t most) {
    std::size_t count = 0;
    until(patience_, [&] {
      count = place_->queue.pop(static_cast<Record*>(to), most);
      return count != 0;
    });
    return count;
  }
  // Looks at one record in place.
  template <class Look>
  void look(Look look) {
    until(patience_,
          [&] { return place_->queue.consume_one([&](const Record& record) { look(record.bytes); }); });
  }

 private:
  using Queue = boost::lockfree::spsc_queue<Record, boost::lockfree::capacity<Capacity>>;
  struct Place {
    std::atomic<std::uint32_t> ready;
    alignas(128) Queue queue;
  };

  BoostQueue(SharedObject object, Patience patience)
      : object_(std::move(object)), place_(static_cast<Place*>(object_.data())), patience_(patience) {}

  SharedObject object_;
  Place* place_;
  Patience patience_;
};

}  // namespace bench

#endif  // BENCH_BOOST_QUEUE_HPP_
