// Packing of weights: the same on every path.
#include "nwc_inference.h"

size_t nwc_gemm_packed_count(size_t k, size_t n) {
    size_t columns, count;
    if (__builtin_add_overflow(n, (size_t)15, &columns)) return 0;
    columns &= ~(size_t)15;
    return __builtin_mul_overflow(k, columns, &count) ? 0 : count;
}

void nwc_gemm_pack(const float *w, size_t k, size_t n, float *packed) {
    for (size_t p = 0; p < n; p += 16) {
        size_t columns = n - p < 16 ? n - p : 16;
        for (size_t i = 0; i < k; i++, packed += 16)
            for (size_t c = 0; c < 16; c++) packed[c] = c < columns ? w[i * n + p + c] : 0;
    }
}
