// Training kernels in double precision, see nwc_training.h.
#include "nwc_training.h"
#include "hot.h"
#include <math.h>
#pragma clang fp contract(fast) reassociate(on)
#define T double
#define T_MASK int64_t
#define FN(name) nwc_f64_##name
#define NWC_IS_FLOAT 0
#define NWC_BACKWARD 1
#include "math.inc"
#include "arrays.inc"
#include "layers.inc"
#include "perceptron.inc"

#include "../inference/hash.h"

void nwc_f64_uniform(double *y, uint32_t seed, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t hash = NWC_HASH(uint32_t, (uint32_t)i, seed);
        y[i] = (double)(hash >> 8) * 0x1p-24 - 0.5;
    }
}

void nwc_f64_signs(double *y, uint32_t seed, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t hash = NWC_HASH(uint32_t, (uint32_t)i, seed);
        y[i] = hash >> 31 ? -1 : 1;
    }
}
