// Training kernels: element-wise forward and backward passes, reductions and the optimiser step, in
// single and double precision. Every function of nwc_training_list.inc exists as nwc_f32_NAME,
// nwc_f64_NAME and nwc_strict_NAME; the double versions call libm and serve gradient checks.
//
// Results of nwc_f32_* may differ between processors within rounding: nothing here defines a
// bitstream. nwc_strict_* is single precision with every operation rounded by itself and in order:
// the same bits everywhere and for any division of the arrays, at some cost in speed.
//
// All arrays are dense; n counts elements. "rows x cols" arrays are row-major. acc_* functions add
// to their output.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define T float
#define FN(name) nwc_f32_##name
#include "nwc_training_list.inc"
#undef FN
#define FN(name) nwc_strict_##name
#include "nwc_training_list.inc"
#undef FN
#undef T
#define T double
#define FN(name) nwc_f64_##name
#include "nwc_training_list.inc"
#undef FN
#undef T

/// The numbers of nwc_uniform and nwc_signs in double precision.
void nwc_f64_uniform(double *y, uint32_t seed, size_t n);
void nwc_f64_signs(double *y, uint32_t seed, size_t n);

/// Taps on each side of nwc_resample.
enum { NWC_RESAMPLE_REACH = 12 };

/// y[i] = samples of a clip (divided by 32768) read at place start + i speed >= 0: sinc
/// interpolation under a Hann window of NWC_RESAMPLE_REACH taps on each side, cut off at the lower
/// of both half sample rates; zeros outside of the `count` samples.
void nwc_resample(const int16_t *x, ptrdiff_t count, double start, double speed, float *y,
                  size_t n);

/// c[r][j] = (accumulate ? c[r][j] : 0) + sum_i a[r a_row + i a_step] b[i b_row + j b_step], i
/// ascending, no fused operations.
void nwc_strict_multiply(const float *a, size_t a_row, size_t a_step, const float *b, size_t b_row,
                         size_t b_step, float *c, size_t ldc, size_t rows, size_t columns,
                         size_t inner, int accumulate);

/// Functions of one variable.
enum nwc_unary {
    NWC_TANH = 0,
    NWC_SIGMOID = 1,
    NWC_EXP = 2,
    NWC_LOG = 3, ///< of max(x, param)
    NWC_ASINH = 4,
    NWC_LEAKY = 5, ///< slope param
    NWC_ABS = 6,
    NWC_SQUARE = 7,
    NWC_SQRT = 8,   ///< of x + param
    NWC_ROUND = 9,  ///< gradient straight through
    NWC_CLAMP = 10, ///< to +-param, gradient inside
    NWC_RELU = 11,
    NWC_SOFTPLUS = 12,
};

#ifdef __cplusplus
}
#endif
