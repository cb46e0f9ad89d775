// arm64: 32 registers of 4 floats, fused multiply-add in the base instruction set; 6 rows x 16
// columns hold 24 sums.
#include "table.h"

#if defined(__aarch64__)
#define NWC_TABLE nwc_kernels_neon
#define NWC_W 4
#define NWC_EMULATE_FMA 0
// clang-format off
#define NWC_TILES \
    NWC_TILE(6, 1) NWC_TILE(4, 1) NWC_TILE(2, 1) NWC_TILE(2, 2) \
    NWC_TILE(1, 1) NWC_TILE(1, 2) NWC_TILE(1, 4) \
    static const tile_plan tile_plans[] = { \
        {6, {tile_6x1}}, \
        {4, {tile_4x1}}, \
        {2, {tile_2x1, tile_2x2}}, \
        {1, {tile_1x1, tile_1x2, tile_1x4}}, \
    };
// clang-format on

#include "path.inc"
#endif
