// x86-64 with AVX-512 F, BW, DQ, VL: 32 registers of 16 floats; 12 rows x 32 columns hold 24 sums.
#include "table.h"

#if defined(__x86_64__)
#define NWC_TABLE nwc_kernels_avx512
#define NWC_W 16
#define NWC_EMULATE_FMA 0
// clang-format off
#define NWC_TILES \
    NWC_TILE(12, 1) NWC_TILE(12, 2) NWC_TILE(8, 1) NWC_TILE(8, 2) \
    NWC_TILE(4, 1) NWC_TILE(4, 2) NWC_TILE(4, 4) NWC_TILE(2, 1) NWC_TILE(2, 2) NWC_TILE(2, 4) \
    NWC_TILE(1, 1) NWC_TILE(1, 2) NWC_TILE(1, 4) NWC_TILE(1, 8) \
    static const tile_plan tile_plans[] = { \
        {12, {tile_12x1, tile_12x2}}, \
        {8, {tile_8x1, tile_8x2}}, \
        {4, {tile_4x1, tile_4x2, tile_4x4}}, \
        {2, {tile_2x1, tile_2x2, tile_2x4}}, \
        {1, {tile_1x1, tile_1x2, tile_1x4, tile_1x8}}, \
    };
// clang-format on

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "path.inc"
#pragma clang attribute pop
#endif
