#include "args.hpp"

#include <cerrno>
#include <cstdlib>

#include "failure.hpp"

namespace bench {

Args::Args(int count, char** words) {
  for (int i = 0; i < count; ++i) {
    const std::string word = words[i];
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Unsupported("'" + word + "' is not of the form key=value");
    if (!values_.emplace(word.substr(0, equals), Value{word.substr(equals + 1), false}).second)
      throw Unsupported("key '" + word.substr(0, equals) + "' is given twice");
  }
}

std::string Args::text(const std::string& key) {
  const auto found = values_.find(key);
  if (found == values_.end()) throw Unsupported("key '" + key + "' is needed");
  found->second.used = true;
  return found->second.text;
}

std::string Args::text(const std::string& key, const std::string& otherwise) {
  return values_.count(key) != 0 ? text(key) : otherwise;
}

std::uint64_t Args::number(const std::string& key) {
  const std::string digits = text(key);
  char* end = nullptr;
  errno = 0;
  const std::uint64_t value = std::strtoull(digits.c_str(), &end, 10);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9' || *end != '\0' || errno != 0)
    throw Unsupported("key '" + key + "' is '" + digits + "', a whole number is needed");
  return value;
}

std::uint64_t Args::number(const std::string& key, std::uint64_t otherwise) {
  return values_.count(key) != 0 ? number(key) : otherwise;
}

void Args::done() const {
  for (const auto& value : values_) {
    if (!value.second.used) throw Unsupported("key '" + value.first + "' has no meaning here");
  }
}

}  // namespace bench
