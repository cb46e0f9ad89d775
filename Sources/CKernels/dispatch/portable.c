// Plain C: the reference of the other paths, and what runs where there is no FMA. Vectors of 4
// floats, which every compiler target can map to something.
#include "table.h"

#define NWC_TABLE nwc_kernels_portable
#define NWC_W 4
#if defined(__FMA__) || defined(__aarch64__)
#define NWC_EMULATE_FMA 0
#else
#define NWC_EMULATE_FMA 1
#endif
// clang-format off
#define NWC_TILES \
    NWC_TILE(2, 1) NWC_TILE(1, 1) \
    static const tile_plan tile_plans[] = {{2, {tile_2x1}}, {1, {tile_1x1}}};
// clang-format on

#include "path.inc"
