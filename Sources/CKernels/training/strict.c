// The passes of training in single precision, each operation rounded as IEEE 754 says and in the
// order written: the same bits for any vector width, processor and length of the arrays. Whole-file
// inference and streams of layers run on these; training runs on the faster nwc_f32_*.
#include "../dispatch/exact.h"
#include "hot.h"
#include "nwc_training.h"
#include <math.h>
#define T float
#define T_MASK int32_t
#define FN(name) nwc_strict_##name
#define NWC_IS_FLOAT 1
#include "math.inc"
#include "arrays.inc"
#include "layers.inc"
#include "perceptron.inc"

enum { TILE_ROWS = 4, TILE_COLUMNS = 32 };

// One tile of the product; the order of additions to an element does not depend on the tile it lies
// in.
static inline __attribute__((always_inline)) void
tile(const float *a, size_t a_row, size_t a_step, const float *b, size_t b_row, size_t b_step,
     float *c, size_t ldc, size_t rows, size_t columns, size_t inner, int accumulate) {
    float sum[TILE_ROWS][TILE_COLUMNS];
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < columns; j++) sum[r][j] = accumulate ? c[r * ldc + j] : 0;
    for (size_t i = 0; i < inner; i++)
        for (size_t r = 0; r < rows; r++) {
            float factor = a[r * a_row + i * a_step];
            for (size_t j = 0; j < columns; j++) sum[r][j] += factor * b[i * b_row + j * b_step];
        }
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < columns; j++) c[r * ldc + j] = sum[r][j];
}

HOT void nwc_strict_multiply(const float *a, size_t a_row, size_t a_step, const float *b,
                             size_t b_row, size_t b_step, float *c, size_t ldc, size_t rows,
                             size_t columns, size_t inner, int accumulate) {
    for (size_t r = 0; r < rows; r += TILE_ROWS)
        for (size_t j = 0; j < columns; j += TILE_COLUMNS) {
            size_t high = rows - r < TILE_ROWS ? rows - r : TILE_ROWS,
                   wide = columns - j < TILE_COLUMNS ? columns - j : TILE_COLUMNS;
            const float *from = a + r * a_row, *with = b + j * b_step;
            float *to = c + r * ldc + j;
            if (high == TILE_ROWS && wide == TILE_COLUMNS && b_step == 1)
                tile(from, a_row, a_step, with, b_row, 1, to, ldc, TILE_ROWS, TILE_COLUMNS, inner,
                     accumulate);
            else if (high == 1 && wide == TILE_COLUMNS && b_step == 1)
                tile(from, a_row, a_step, with, b_row, 1, to, ldc, 1, TILE_COLUMNS, inner,
                     accumulate);
            else
                tile(from, a_row, a_step, with, b_row, b_step, to, ldc, high, wide, inner,
                     accumulate);
        }
}
