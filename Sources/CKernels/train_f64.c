// Training kernels in double precision, see include/nwc_train.h; on x86-64 the processor's best clone is bound when the program is loaded.
#include "include/nwc_train.h"
#include <math.h>
#pragma clang fp contract(fast) reassociate(on)
#if defined(__x86_64__) && defined(__linux__)
#define HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HOT
#endif
#define T double
#define T_MASK int64_t
#define FN(name) nwc_f64_##name
#define NWC_IS_FLOAT 0
#include "train_math.inc"
#include "train_arrays.inc"
#include "train_layers.inc"
#include "train_perceptron.inc"
