// One line of a vector script; spec/vectors/README.md has the format.
#ifndef CONFORMANCE_CPP_SCRIPT_HPP_
#define CONFORMANCE_CPP_SCRIPT_HPP_

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using Words = std::map<std::string, std::string>;
using Data = std::vector<unsigned char>;

struct Step {
  int line = 0;
  std::string text, verb;
  std::vector<std::string> words;
  Words args;
  std::string status;  // expected
  Words want;

  bool has(const std::string& key) const { return args.count(key) != 0; }
  bool wants(const std::string& key) const { return want.count(key) != 0; }
  std::uint64_t number(const std::string& key) const;
  std::uint64_t wanted(const std::string& key) const;
};

// What a line expects did not happen.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void same(const std::string& what, const std::string& got, const std::string& want);
void same(const std::string& what, std::uint64_t got, std::uint64_t want);

std::uint64_t number(const std::string& text);
std::vector<Step> parse_script(const std::string& path);

// Byte j of a payload is (first + j) mod 256.
void fill(unsigned char* to, std::size_t size, std::uint64_t first);
Data pattern(std::uint64_t size, std::uint64_t first);
void check_fill(const void* data, std::size_t size, std::uint64_t first);

Data from_hex(const std::string& text);
std::string to_hex(const Data& data);
// The bytes that a poke writes and that `bytes` expects.
Data literal(const Step& s);

#endif  // CONFORMANCE_CPP_SCRIPT_HPP_
