// Umbrella of the module CKernels.
#pragma once
#include "nwc_simd.h"
#include "nwc_inference.h"
#include "nwc_integer.h"
#include "nwc_training.h"
#include "nwc_transform.h"
