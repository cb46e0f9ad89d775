// Training kernels in float precision, see nwc_training.h.
#include "nwc_training.h"
#include "hot.h"
#include <math.h>
#pragma clang fp contract(fast) reassociate(on)
#define T float
#define T_MASK int32_t
#define FN(name) nwc_f32_##name
#define NWC_IS_FLOAT 1
#define NWC_BACKWARD 1
#include "math.inc"
#include "arrays.inc"
#include "layers.inc"
#include "perceptron.inc"
