// Training kernels in float precision, see include/nwc_train.h.
#include "include/nwc_train.h"
#include "hot.h"
#include <math.h>
#pragma clang fp contract(fast) reassociate(on)
#define T float
#define T_MASK int32_t
#define FN(name) nwc_f32_##name
#define NWC_IS_FLOAT 1
#include "train_math.inc"
#include "train_arrays.inc"
#include "train_layers.inc"
#include "train_perceptron.inc"
