// Reads the spec's JSON files into a flat map: "native.static.version" -> "8". Numbers, strings, objects,
// arrays.
#ifndef SHMBUF_TESTS_JSON_HPP_
#define SHMBUF_TESTS_JSON_HPP_

#include <cctype>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

class FlatJson {
 public:
  explicit FlatJson(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    text_ = text.str();
    if (text_.empty()) throw std::runtime_error("cannot read " + path);
    value("");
  }
  const std::map<std::string, std::string>& values() const { return values_; }
  std::string text(const std::string& key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) throw std::runtime_error("no " + key + " in the spec");
    return found->second;
  }
  unsigned long long number(const std::string& key) const { return std::stoull(text(key)); }

 private:
  void value(const std::string& key) {
    skip();
    if (take('{')) {
      for (bool more = !take('}'); more; more = !take('}')) {
        skip();
        const std::string name = quoted();
        expect(':');
        value(key.empty() ? name : key + "." + name);
        take(',');
      }
    } else if (take('[')) {
      int index = 0;
      for (bool more = !take(']'); more; more = !take(']')) {
        value(key + "." + std::to_string(index++));
        take(',');
      }
    } else if (text_.at(at_) == '"') {
      values_[key] = quoted();
    } else {
      std::string word;
      while (std::isalnum(static_cast<unsigned char>(text_.at(at_))) || text_[at_] == '-' ||
             text_[at_] == '.') {
        word += text_[at_++];
      }
      if (word.empty()) throw std::runtime_error("no value for " + key);
      values_[key] = word;
    }
  }
  std::string quoted() {
    expect('"');
    std::string result;
    while (text_.at(at_) != '"') {
      if (text_[at_] == '\\') ++at_;
      result += text_.at(at_++);
    }
    ++at_;
    return result;
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip();
    if (text_.at(at_) != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) throw std::runtime_error(std::string("expected ") + c + " in the spec");
  }

  std::string text_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> values_;
};

#endif  // SHMBUF_TESTS_JSON_HPP_
