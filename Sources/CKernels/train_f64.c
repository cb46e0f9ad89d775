// Training kernels in double precision, see include/nwc_train.h.
#include "include/nwc_train.h"
#include "hot.h"
#include <math.h>
#pragma clang fp contract(fast) reassociate(on)
#define T double
#define T_MASK int64_t
#define FN(name) nwc_f64_##name
#define NWC_IS_FLOAT 0
#include "train_math.inc"
#include "train_arrays.inc"
#include "train_layers.inc"
#include "train_perceptron.inc"
