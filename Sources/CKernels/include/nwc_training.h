// Training kernels: element-wise forward and backward passes, reductions and the optimiser step, in
// single and double precision. Every function of nwc_training_list.inc exists as nwc_f32_NAME and
// nwc_f64_NAME, forward passes as nwc_strict_NAME too; the double versions call libm and serve
// gradient checks.
//
// Results of nwc_f32_* may differ between processors within rounding: nothing of them defines a
// bitstream. nwc_strict_* is single precision with every operation rounded by itself and in order:
// the same bits everywhere and for any division of the arrays. Streams of layers run on these where
// nwc_inference.h has nothing faster; those that the codec uses are part of the format.
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
#define FN(name) nwc_strict_##name
#define NWC_BACKWARD 0
#include "nwc_training_list.inc"
#undef FN
#undef NWC_BACKWARD
#define NWC_BACKWARD 1
#define FN(name) nwc_f32_##name
#include "nwc_training_list.inc"
#undef FN
#undef T
#define T double
#define FN(name) nwc_f64_##name
#include "nwc_training_list.inc"
#undef FN
#undef NWC_BACKWARD
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
