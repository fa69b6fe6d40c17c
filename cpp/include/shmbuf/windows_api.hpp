// <windows.h> without its macros. Empty elsewhere.
#ifndef SHMBUF_WINDOWS_API_HPP_
#define SHMBUF_WINDOWS_API_HPP_

#if defined(_WIN32)
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#define SHMBUF_UNDEF_LEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#define SHMBUF_UNDEF_NOMINMAX
#endif
#include <windows.h>
#ifdef SHMBUF_UNDEF_LEAN
#undef WIN32_LEAN_AND_MEAN
#undef SHMBUF_UNDEF_LEAN
#endif
#ifdef SHMBUF_UNDEF_NOMINMAX
#undef NOMINMAX
#undef SHMBUF_UNDEF_NOMINMAX
#endif
#endif  // _WIN32

#endif  // SHMBUF_WINDOWS_API_HPP_
