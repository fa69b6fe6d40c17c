// inspect, list and remove.
#pragma once

#include "errors.hpp"

namespace native {

void bind_inspection(nb::module_& module);

}  // namespace native
