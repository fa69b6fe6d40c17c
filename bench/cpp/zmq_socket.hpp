// A ZeroMQ socket over ipc://.
#ifndef BENCH_ZMQ_SOCKET_HPP_
#define BENCH_ZMQ_SOCKET_HPP_

#include <unistd.h>
#include <zmq.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "failure.hpp"
#include "message.hpp"
#include "spin.hpp"

namespace bench {

// A call that waited was ended by stop().
struct ZmqStopped : Failure {
  using Failure::Failure;
};

[[noreturn]] inline void fail_zmq(const std::string& what) {
  const int error = zmq_errno();
  const std::string text = what + ": " + zmq_strerror(error);
  if (error == ETERM) throw ZmqStopped(text);
  throw Failure(text);
}

class ZmqSocket {
 public:
  enum class End { binds, connects };

  // Large messages come from memory that is kept, not mapped anew for each: a fifth more frames of 6 MB.
  static void keep_memory() {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 64 << 20);
#endif
  }

  // type: ZMQ_PUSH, …; most: messages that may wait on each side.
  ZmqSocket(int type, End end, const std::string& name, std::uint64_t most)
      : context_(zmq_ctx_new()), socket_(context_ != nullptr ? zmq_socket(context_, type) : nullptr) {
    if (socket_ == nullptr) fail_zmq("a ZeroMQ socket");
    set(ZMQ_SNDHWM, static_cast<int>(most));
    set(ZMQ_RCVHWM, static_cast<int>(most));
    set(ZMQ_RECONNECT_IVL, 5);
    set_patience(10000);
    const std::string path = directory() + "/" + name + ".sock";
    const std::string address = "ipc://" + path;
    if (end == End::binds) bound_ = path;
    const int done =
        end == End::binds ? zmq_bind(socket_, address.c_str()) : zmq_connect(socket_, address.c_str());
    if (done != 0) {
      const std::string text = address + ": " + zmq_strerror(zmq_errno());
      close();
      throw Failure(text);
    }
  }
  // Waits until what was sent has left.
  ~ZmqSocket() { close(); }
  ZmqSocket(const ZmqSocket&) = delete;
  ZmqSocket& operator=(const ZmqSocket&) = delete;

  // One message, copied into a message of the library.
  void send(const void* from, std::size_t size) {
    if (zmq_send(socket_, from, size, 0) < 0) fail_zmq("sending");
    greet();
  }
  std::size_t receive(void* to, std::size_t room) {
    const int size = zmq_recv(socket_, to, room, 0);
    if (size < 0) fail_zmq("receiving");
    greet();
    return static_cast<std::size_t>(size);
  }
  // As receive(), looking for the message all the time. Both processes have an I/O thread that sleeps, too:
  // with two processors the median of a round trip falls by a third (95 to 62 us), the worst ones grow.
  std::size_t receive_spinning(void* to, std::size_t room) {
    int size = 0;
    until(Patience::trip, [&] {
      size = zmq_recv(socket_, to, room, ZMQ_DONTWAIT);
      if (size < 0 && zmq_errno() != EAGAIN) fail_zmq("receiving");
      return size >= 0;
    });
    return static_cast<std::size_t>(size);
  }
  // One message filled in place: fill(memory) writes what it wants of it.
  template <class Fill>
  void send_placed(std::size_t size, Fill fill) {
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, size) != 0) fail_zmq("a message");
    fill(zmq_msg_data(&message));
    if (zmq_msg_send(&message, socket_, 0) < 0) fail_zmq("sending");
    greet();
  }
  // One message where the library put it: look(memory, size).
  template <class Look>
  void receive_placed(Look look) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, socket_, 0) < 0) fail_zmq("receiving");
    look(zmq_msg_data(&message), zmq_msg_size(&message));
    zmq_msg_close(&message);
    greet();
  }

  // Ends calls that wait; from any thread.
  void stop() { zmq_ctx_shutdown(context_); }

 private:
  static std::string directory() {
    const char* const directory = std::getenv("TMPDIR");
    return directory != nullptr && directory[0] == '/' ? directory : "/tmp";
  }
  void set(int option, int value) {
    if (zmq_setsockopt(socket_, option, &value, sizeof(value)) != 0) fail_zmq("an option of the socket");
  }
  void set_patience(int milliseconds) {
    set(ZMQ_SNDTIMEO, milliseconds);
    set(ZMQ_RCVTIMEO, milliseconds);
  }
  // Calls wait 10 s for the other side to appear, and for ever when it has.
  void greet() {
    if (greeted_) return;
    greeted_ = true;
    set_patience(-1);
  }
  void close() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
    if (!bound_.empty()) unlink(bound_.c_str());  // the library leaves it
  }

  void* context_;
  void* socket_;
  std::string bound_;
  bool greeted_ = false;
};

}  // namespace bench

#endif  // BENCH_ZMQ_SOCKET_HPP_
