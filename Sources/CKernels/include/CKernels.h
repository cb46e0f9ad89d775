// Umbrella of the module CKernels: deterministic inference kernels and training kernels.
#pragma once
#include "nwc_kernels.h"
#include "nwc_integer.h"
#include "nwc_train.h"
