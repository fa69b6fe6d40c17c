// ShmProducer and ShmConsumer: classic channels under a name.
#include <nanobind/stl/string.h>

#include <memory>
#include <shmbuf/classic_life.hpp>
#include <shmbuf/name.hpp>

#include "arguments.hpp"
#include "classic.hpp"
#include "classic_ring.hpp"
#include "forks.hpp"

namespace native {
namespace {

using shmbuf::Status;
using shmbuf::detail::Segment;

// Text of a failure in the form of all messages.
[[noreturn]] void fail(const std::string& name, Status status, const std::string& why) {
  const auto& text = shmbuf::detail::status_text(status);
  raise(status, about(name) + text.meaning + (why.empty() ? "" : " (" + why + ")") + "; " + text.action);
}

void check_name(const std::string& name) {
  std::string why;
  const Status status = shmbuf::detail::check_name(name, &why);
  if (status != Status::ok) fail(name, status, why);
}

// A named segment and the ring in it. In a forked child every use is refused, and closing touches nothing
// shared.
class Channel : public Inheritable {
 public:
  bool is_open() const { return open_ && !forked(); }
  std::uint32_t capacity() { return use() ? ring_.capacity() : 0; }
  std::uint32_t writable() { return use() ? ring_.writable() : 0; }
  std::uint32_t readable() { return use() ? ring_.readable() : 0; }
  bool has_data() { return readable() >= 4; }
  bool write(nb::handle data) { return use() && ring_.write(data); }
  nb::object read() { return use() ? ring_.read() : nb::none(); }
  void close() {
    if (ring_.running()) {
      raise(PyExc_RuntimeError,
            about(name_) + "another call of this object is running; close it afterwards");
    }
    open_ = false;
    ring_.detach();
    segment_.reset();
  }

 protected:
  ~Channel() = default;
  explicit Channel(std::string name) : name_(std::move(name)) { check_name(name_); }
  bool leave_to_parent() noexcept override {
    if (ring_.running()) return false;
    ring_.detach();
    segment_.reset();
    return true;
  }
  virtual bool prepare() { return true; }  // whether the ring is there

  // False when closed, or nothing is there yet.
  bool use() {
    if (!open_) return false;
    if (forked()) {
      raise(Status::closed,
            about(name_) + "this object belongs to the parent process; after fork, make a new one");
    }
    return prepare();
  }
  std::string what() const { return "channel '" + name_ + "'"; }

  std::string name_;
  Segment segment_;
  ClassicRing ring_;
  bool open_ = true;
};

class ShmProducer final : public Channel {
 public:
  ShmProducer(const std::string& name, nb::handle capacity) : Channel(name) {
    shmbuf::Options options;
    options.layout = shmbuf::Layout::classic;
    options.capacity = to_option(capacity, "capacity", name, UINT64_MAX);
    std::string why;
    Status status = shmbuf::detail::check_classic_options(options, &why);
    shmbuf::detail::ClassicRole role;
    if (status == Status::ok) status = shmbuf::detail::create_classic(name, options, &role, &why);
    if (status != Status::ok) fail(name, status, why);
    segment_ = std::move(role.segment);
    ring_.attach(what(), segment_.base(), segment_.mapped());
  }
  // Removes the name, if it still leads to this object, and closes.
  void destroy() {
    if (open_ && !forked() && segment_.name_leads_here()) {
      std::string why;
      segment_.unlink(&why);
    }
    close();
  }
};

class ShmConsumer final : public Channel {
 public:
  ShmConsumer(const std::string& name, nb::handle size) : Channel(name) {
    to_unsigned(size, "size", name, UINT64_MAX);  // existing programs pass it; the object knows better
    const Status status = attach();
    if (status != Status::ok && status != Status::would_block) fail(name, status, why_);
  }
  // Whether this end can be used and still leads somewhere: the producer has not replaced or removed the
  // object, or there are records left to read.
  bool is_valid() {
    if (!open_ || forked()) return false;
    return !ring_.attached() || segment_.linked() || ring_.readable() != 0;
  }

 private:
  bool prepare() override {
    if (ring_.attached()) return true;
    const Status status = attach();
    if (status == Status::ok) return true;
    if (status != Status::would_block) fail(name_, status, why_);
    return false;
  }
  // would_block: the creator is still at work on it.
  Status attach() {
    Segment segment;
    why_.clear();
    Status status = segment.open(name_, true, &why_);
    if (status != Status::ok) return status;
    shmbuf::detail::Identity identity;
    status = shmbuf::detail::identify(segment, &identity, &why_);
    if (status == Status::ok && identity.layout != shmbuf::Layout::classic) {
      why_ = "it is a native channel, which shmbuf.open reads; this class reads classic ones";
      return Status::not_a_channel;
    }
    if (status != Status::ok) return status;
    shmbuf::detail::ClassicRole role;
    status = shmbuf::detail::attach_classic(std::move(segment), identity, &role, &why_);
    if (status != Status::ok) return status;
    segment_ = std::move(role.segment);
    ring_.attach(what(), segment_.base(), segment_.mapped());
    return Status::ok;
  }

  std::string why_;
};

}  // namespace

void bind_classic_channel(nb::module_& module) {
  nb::class_<ShmProducer>(module, "ShmProducer")
      .def(nb::init<const std::string&, nb::handle>(), nb::arg("name"), nb::arg("capacity"))
      .def("write", &ShmProducer::write, nb::arg("data"),
           "Write one record; return whether there was room. Raises ValueError for an empty one.")
      .def("writeable_bytes", &ShmProducer::writable, "Bytes free; a record needs 4 more than its length.")
      .def("close", &ShmProducer::close,
           "Leave the channel; it stays for consumers. A second call does nothing.")
      .def("destroy", &ShmProducer::destroy, "Close, and remove the channel.")
      .def_prop_ro("capacity", &ShmProducer::capacity, "Bytes of the ring, a power of two; 0 when closed.")
      .def_prop_ro("is_valid", &ShmProducer::is_open, "Whether it is open.");
  nb::class_<ShmConsumer>(module, "ShmConsumer")
      .def(nb::init<const std::string&, nb::handle>(), nb::arg("name"), nb::arg("size") = 0)
      .def("read", &ShmConsumer::read,
           "Take the next record, or return None when there is none. Raises Damaged.")
      .def("has_data", &ShmConsumer::has_data, "Whether there is a record to read.")
      .def("readable_bytes", &ShmConsumer::readable,
           "Bytes of records to read, with 4 for the length of each.")
      .def("close", &ShmConsumer::close, "Leave the channel. A second call does nothing.")
      .def_prop_ro("capacity", &ShmConsumer::capacity, "Bytes of the ring, a power of two; 0 when closed.")
      .def_prop_ro("is_valid", &ShmConsumer::is_valid,
                   "Whether it is open and the object is still the channel's, or has records left.");
}

}  // namespace native
