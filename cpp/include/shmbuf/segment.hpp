// The operating system's part of a segment: class Segment, one header per kind of system.
#ifndef SHMBUF_SEGMENT_HPP_
#define SHMBUF_SEGMENT_HPP_

#include "shmbuf/config.hpp"

#if defined(SHMBUF_OS_WINDOWS)
#include "shmbuf/segment_windows.hpp"
#else
#include "shmbuf/segment_posix.hpp"
#endif

#endif  // SHMBUF_SEGMENT_HPP_
