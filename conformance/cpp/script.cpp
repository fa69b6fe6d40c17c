#include "script.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

std::uint64_t number(const std::string& text) {
  char* end = nullptr;
  const std::uint64_t n = std::strtoull(text.c_str(), &end, text.compare(0, 2, "0x") == 0 ? 16 : 10);
  if (text.empty() || *end != '\0') throw Mismatch("bad number '" + text + "'");
  return n;
}

std::uint64_t Step::number(const std::string& key) const { return has(key) ? ::number(args.at(key)) : 0; }
std::uint64_t Step::wanted(const std::string& key) const { return wants(key) ? ::number(want.at(key)) : 0; }

void same(const std::string& what, const std::string& got, const std::string& want) {
  if (got != want) throw Mismatch(what + ": got " + got + ", want " + want);
}

void same(const std::string& what, std::uint64_t got, std::uint64_t want) {
  same(what, std::to_string(got), std::to_string(want));
}

std::vector<Step> parse_script(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw Mismatch("cannot read " + path);
  std::vector<Step> steps;
  int line = 0;
  for (std::string text; std::getline(in, text);) {
    ++line;
    std::istringstream tokens(text.substr(0, text.find('#')));
    Step s;
    s.line = line;
    s.text = text;
    bool right = false;
    for (std::string token; tokens >> token;) {
      const std::size_t eq = token.find('=');
      if (token == "->") {
        right = true;
      } else if (s.verb.empty()) {
        s.verb = token;
      } else if (eq != std::string::npos) {
        (right ? s.want : s.args)[token.substr(0, eq)] = token.substr(eq + 1);
      } else if (right) {
        s.status = token;
      } else {
        s.words.push_back(token);
      }
    }
    if (!s.verb.empty()) steps.push_back(s);
  }
  if (steps.empty()) throw Mismatch(path + " has no steps");
  return steps;
}

void fill(unsigned char* to, std::size_t size, std::uint64_t first) {
  for (std::size_t j = 0; j < size; ++j) to[j] = static_cast<unsigned char>(first + j);
}

Data pattern(std::uint64_t size, std::uint64_t first) {
  Data data(static_cast<std::size_t>(size));
  fill(data.data(), data.size(), first);
  return data;
}

void check_fill(const void* data, std::size_t size, std::uint64_t first) {
  const unsigned char* const bytes = static_cast<const unsigned char*>(data);
  for (std::size_t j = 0; j < size; ++j) {
    const unsigned char want = static_cast<unsigned char>(first + j);
    if (bytes[j] != want) same("payload byte " + std::to_string(j), bytes[j], want);
  }
}

Data from_hex(const std::string& text) {
  Data data;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    data.push_back(static_cast<unsigned char>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16)));
  }
  return data;
}

std::string to_hex(const Data& data) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : data) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Data literal(const Step& s) {
  if (s.has("hex")) return from_hex(s.args.at("hex"));
  if (s.has("text")) return Data(s.args.at("text").begin(), s.args.at("text").end());
  const bool narrow = s.has("u32");
  const std::uint64_t value = s.number(narrow ? "u32" : "u64");
  Data data;
  for (int shift = 0; shift < (narrow ? 32 : 64); shift += 8)
    data.push_back(static_cast<unsigned char>(value >> shift));
  return data;
}
