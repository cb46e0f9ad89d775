// Integer kernels of the entropy model, see include/nwc_integer.h. Exact, so the compiler may vectorise them as it likes.
#include "include/nwc_integer.h"
#include "fixed_point_tables.inc"

#if defined(__x86_64__) && defined(__linux__)
#define HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HOT
#endif

HOT void nwc_gemv_i16(size_t rows, size_t cols, const int16_t *w, const int16_t *x, int32_t *y) {
    const size_t stride = (cols + 31) & ~(size_t)31;
    for (size_t r = 0; r < rows; r++, w += stride) {
        int32_t sum = 0;
        for (size_t c = 0; c < stride; c += 32)
            for (size_t j = 0; j < 32; j++) sum += (int32_t)w[c + j] * (int32_t)x[c + j];
        y[r] = sum;
    }
}

static inline int32_t clamp32(int32_t x, int32_t limit) { return x > limit ? limit : (x < -limit ? -limit : x); }
static inline int32_t round_shift(int32_t x, int shift) { return shift > 0 ? (int32_t)(((int64_t)x + ((int64_t)1 << (shift - 1))) >> shift) : x; }

void nwc_round_shift(size_t n, int32_t *y, const int32_t *bias, const uint8_t *shift, int32_t limit) {
    for (size_t i = 0; i < n; i++) {
        int64_t sum = (int64_t)y[i] + bias[i];
        if (shift[i] > 0) sum = (sum + ((int64_t)1 << (shift[i] - 1))) >> shift[i];
        y[i] = sum > limit ? limit : (sum < -limit ? -limit : (int32_t)sum);
    }
}

static inline int32_t lookup(const int16_t *table, int32_t a) {
    int32_t i = a >> 4, f = a & 15;
    return (table[i] * (16 - f) + table[i + 1] * f + 8) >> 4;
}
int32_t nwc_tanh_q(int32_t x) {
    x = clamp32(x, 8191);
    return x < 0 ? -lookup(nwc_tanh_q11, -x) : lookup(nwc_tanh_q11, x);
}
int32_t nwc_sigmoid_q(int32_t x) {
    x = clamp32(x, 8191);
    return x < 0 ? 2048 - lookup(nwc_sigmoid_q11, -x) : lookup(nwc_sigmoid_q11, x);
}

void nwc_gru_step_q(size_t hidden, const int32_t *gi, const int32_t *gh, int16_t *h) {
    for (size_t i = 0; i < hidden; i++) {
        int32_t r = nwc_sigmoid_q(gi[i] + gh[i]), z = nwc_sigmoid_q(gi[hidden + i] + gh[hidden + i]);
        int32_t n = nwc_tanh_q(gi[2 * hidden + i] + (int32_t)(((int64_t)r * gh[2 * hidden + i] + 1024) >> 11));
        h[i] = (int16_t)clamp32(((2048 - z) * n + z * h[i] + 1024) >> 11, 2047);
    }
}

HOT int32_t nwc_local_correction(size_t count, const int16_t *x, const int16_t *w, const int32_t *bias, const int16_t *out, int shift_in,
                                 int shift_out) {
    int32_t unit[16], sum = 0;
    const int32_t half = shift_in > 0 ? 1 << (shift_in - 1) : 0;
    for (int u = 0; u < 16; u++) unit[u] = bias[u] + half;
    for (size_t f = 0; f < count; f++)
        for (int u = 0; u < 16; u++) unit[u] += (int32_t)x[f] * (int32_t)w[f * 16 + u];
    for (int u = 0; u < 16; u++) {
        int32_t a = unit[u] >> shift_in;
        a = a < 0 ? 0 : (a > 2047 ? 2047 : a);
        sum += a * (int32_t)out[u];
    }
    return round_shift(sum, shift_out);
}
