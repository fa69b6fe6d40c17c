// The classes of existing programs, over the classic layout.
#pragma once

#include "errors.hpp"

namespace native {

void bind_byte_ring_buffer(nb::module_& module);  // byte_ring_buffer.cpp
void bind_classic_channel(nb::module_& module);   // classic_channel.cpp

}  // namespace native
