// Executes a vector script on the C++ library.
#ifndef CONFORMANCE_CPP_RUNNER_HPP_
#define CONFORMANCE_CPP_RUNNER_HPP_

#include <string>

#include "object.hpp"
#include "shmbuf/shmbuf.hpp"

class Runner {
 public:
  explicit Runner(const std::string& name) : name_(name), object_(name) {}
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  // Throws Mismatch.
  void run(const Step& s);

 private:
  bool life(const Step& s);
  bool producing(const Step& s);
  bool consuming(const Step& s);
  shmbuf::Status create(const Step& s);
  shmbuf::Status open();
  shmbuf::Status close_side(const std::string& side);
  void write(const Step& s);
  void batch(const Step& s);
  void run_of_records(const Step& s);
  void reserve_run(const Step& s);
  void commit(const Step& s);
  void read(const Step& s);
  void peek(const Step& s);
  void peek_batch(const Step& s);
  void copy_batch(const Step& s);
  void peek_run(const Step& s);

  std::string name_;
  Words channel_;
  Object object_;
  shmbuf::Producer producer_;
  shmbuf::Consumer consumer_;
  // Destroyed before the handles they came from.
  shmbuf::Reservation reservation_;
  shmbuf::RunReservation run_reservation_;
  shmbuf::View view_;
  shmbuf::RunView run_view_;
};

#endif  // CONFORMANCE_CPP_RUNNER_HPP_
