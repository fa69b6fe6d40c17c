// The key=value words of a command line.
#ifndef BENCH_ARGS_HPP_
#define BENCH_ARGS_HPP_

#include <cstdint>
#include <map>
#include <string>

namespace bench {

// A case asks for the keys it knows and then calls done(): a key that nobody asked for is refused, so that
// no figure is taken with a wish that was overlooked.
class Args {
 public:
  Args(int count, char** words);

  std::string text(const std::string& key);
  std::string text(const std::string& key, const std::string& otherwise);
  std::uint64_t number(const std::string& key);
  std::uint64_t number(const std::string& key, std::uint64_t otherwise);
  void done() const;

 private:
  struct Value {
    std::string text;
    bool used;
  };
  std::map<std::string, Value> values_;
};

}  // namespace bench

#endif  // BENCH_ARGS_HPP_
