// tanh and sigmoid of one fixed-point number; the array kernels in integer.inc give the same results.
#include "include/nwc_integer.h"

#include "fixed_point_tables.inc"

static int32_t interpolate(const int16_t *table, int32_t x) {
    int32_t a = x < 0 ? -x : x, i = a >> 4, f = a & 15;
    return (table[i] * (16 - f) + table[i + 1] * f + 8) >> 4;
}

static int32_t clamped(int32_t x) { return x > 8191 ? 8191 : x < -8191 ? -8191 : x; }

int32_t nwc_tanh_q(int32_t x) {
    int32_t y = interpolate(nwc_tanh_q11, clamped(x));
    return x < 0 ? -y : y;
}

int32_t nwc_sigmoid_q(int32_t x) {
    int32_t y = interpolate(nwc_sigmoid_q11, clamped(x));
    return x < 0 ? 2048 - y : y;
}
