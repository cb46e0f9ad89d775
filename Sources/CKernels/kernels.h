// Private: the table of kernels that each SIMD path fills and the public functions call through.
#pragma once
#include <float.h>
#include <stddef.h>
#include <stdint.h>

#include "nwc_kernels.h"

// X(name, parameters, arguments): functions without a result, public as nwc_<name>, k_<name> in the .inc files.
#define NWC_KERNEL_LIST(X)                                                                                             \
    X(gemm,                                                                                                            \
      (size_t rows, size_t k, size_t n, const float *x, size_t ldx, const float *packed, const float *bias,            \
       int accumulate, float *y, size_t ldy),                                                                          \
      (rows, k, n, x, ldx, packed, bias, accumulate, y, ldy))                                                          \
    X(tanh, (const float *x, float *y, size_t n), (x, y, n))                                                           \
    X(sigmoid, (const float *x, float *y, size_t n), (x, y, n))                                                        \
    X(exp, (const float *x, float *y, size_t n), (x, y, n))                                                            \
    X(log, (const float *x, float *y, size_t n), (x, y, n))                                                            \
    X(asinh, (const float *x, float *y, size_t n), (x, y, n))                                                          \
    X(leaky_relu, (const float *x, float slope, float *y, size_t n), (x, slope, y, n))                                 \
    X(prelu,                                                                                                           \
      (size_t rows, size_t channels, const float *x, size_t ldx, const float *slope, float *y, size_t ldy),            \
      (rows, channels, x, ldx, slope, y, ldy))

#define NWC_TABLE_MEMBER(name, parameters, arguments) void(*name) parameters;
typedef struct nwc_kernel_table {
    NWC_KERNEL_LIST(NWC_TABLE_MEMBER)
} nwc_kernel_table;

extern const nwc_kernel_table nwc_kernels_portable;
#if defined(__x86_64__)
extern const nwc_kernel_table nwc_kernels_avx2, nwc_kernels_avx512;
#elif defined(__aarch64__)
extern const nwc_kernel_table nwc_kernels_neon;
#endif
