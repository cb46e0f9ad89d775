// Private: the table of kernels that each SIMD path fills and the public functions call through.
#pragma once
#include "exact.h"

#include <stddef.h>
#include <stdint.h>

#include "../inference/list.h"
#include "../integer/list.h"
#include "nwc_inference.h"
#include "nwc_integer.h"
#include "nwc_simd.h"

#define NWC_KERNELS(X) NWC_INFERENCE_KERNELS(X) NWC_INTEGER_KERNELS(X)

#define NWC_TABLE_MEMBER(result, name, parameters, arguments) result(*name) parameters;
typedef struct nwc_kernel_table {
    NWC_KERNELS(NWC_TABLE_MEMBER)
} nwc_kernel_table;

extern const nwc_kernel_table nwc_kernels_portable;
#if defined(__x86_64__)
extern const nwc_kernel_table nwc_kernels_avx2, nwc_kernels_avx512;
#elif defined(__aarch64__)
extern const nwc_kernel_table nwc_kernels_neon;
#endif
