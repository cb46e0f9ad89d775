// Private: the table of kernels that each SIMD path fills and the public functions call through.
#pragma once
#include <float.h>
#include <stddef.h>
#include <stdint.h>

#include "nwc_integer.h"
#include "nwc_kernels.h"

// X(result, name, parameters, arguments): public as nwc_<name>, k_<name> in the .inc files.
#define NWC_KERNEL_LIST(X)                                                                                             \
    X(void, gemm,                                                                                                      \
      (size_t rows, size_t k, size_t n, const float *x, size_t ldx, const float *packed, const float *bias,            \
       int accumulate, float *y, size_t ldy),                                                                          \
      (rows, k, n, x, ldx, packed, bias, accumulate, y, ldy))                                                          \
    X(void, tanh, (const float *x, float *y, size_t n), (x, y, n))                                                     \
    X(void, sigmoid, (const float *x, float *y, size_t n), (x, y, n))                                                  \
    X(void, exp, (const float *x, float *y, size_t n), (x, y, n))                                                      \
    X(void, log, (const float *x, float *y, size_t n), (x, y, n))                                                      \
    X(void, asinh, (const float *x, float *y, size_t n), (x, y, n))                                                    \
    X(void, leaky_relu, (const float *x, float slope, float *y, size_t n), (x, slope, y, n))                           \
    X(void, prelu,                                                                                                     \
      (size_t rows, size_t channels, const float *x, size_t ldx, const float *slope, float *y, size_t ldy),            \
      (rows, channels, x, ldx, slope, y, ldy))                                                                         \
    X(void, gemv_i16, (size_t rows, size_t cols, const int16_t *w, const int16_t *x, int32_t *y), (rows, cols, w, x, y)) \
    X(void, round_shift, (size_t n, int32_t *y, const int32_t *bias, const uint8_t *shift, int32_t limit),             \
      (n, y, bias, shift, limit))                                                                                      \
    X(void, tanh_q_array, (size_t n, const int32_t *x, int16_t *y), (n, x, y))                                         \
    X(void, gru_step_q, (size_t hidden, const int32_t *gi, const int32_t *gh, int16_t *h), (hidden, gi, gh, h))        \
    X(int32_t, local_correction,                                                                                       \
      (size_t count, const int16_t *x, const int16_t *w, const int32_t *bias, const int16_t *out, int shift_in,        \
       int shift_out),                                                                                                 \
      (count, x, w, bias, out, shift_in, shift_out))

#define NWC_TABLE_MEMBER(result, name, parameters, arguments) result(*name) parameters;
typedef struct nwc_kernel_table {
    NWC_KERNEL_LIST(NWC_TABLE_MEMBER)
} nwc_kernel_table;

extern const nwc_kernel_table nwc_kernels_portable;
#if defined(__x86_64__)
extern const nwc_kernel_table nwc_kernels_avx2, nwc_kernels_avx512;
#elif defined(__aarch64__)
extern const nwc_kernel_table nwc_kernels_neon;
#endif
