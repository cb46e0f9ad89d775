// The floating-point kernels that every SIMD path has: X(result, name, parameters, arguments),
// public as nwc_<name> (nwc_inference.h says what they do), k_<name> in the .inc files.
#pragma once

#define NWC_INFERENCE_KERNELS(X)                                                                   \
    X(void, gemm,                                                                                  \
      (size_t rows, size_t k, size_t n, const float *x, size_t ldx, const float *packed,           \
       const float *bias, int accumulate, float *y, size_t ldy),                                   \
      (rows, k, n, x, ldx, packed, bias, accumulate, y, ldy))                                      \
    X(void, tanh, (const float *x, float *y, size_t n), (x, y, n))                                 \
    X(void, sigmoid, (const float *x, float *y, size_t n), (x, y, n))                              \
    X(void, exp, (const float *x, float *y, size_t n), (x, y, n))                                  \
    X(void, log, (const float *x, float *y, size_t n), (x, y, n))                                  \
    X(void, asinh, (const float *x, float *y, size_t n), (x, y, n))                                \
    X(void, leaky_relu, (const float *x, float slope, float *y, size_t n), (x, slope, y, n))       \
    X(void, prelu,                                                                                 \
      (size_t rows, size_t channels, const float *x, size_t ldx, const float *slope, float *y,     \
       size_t ldy),                                                                                \
      (rows, channels, x, ldx, slope, y, ldy))                                                     \
    X(void, uniform, (float *y, uint32_t seed, size_t n), (y, seed, n))                            \
    X(void, signs, (float *y, uint32_t seed, size_t n), (y, seed, n))
