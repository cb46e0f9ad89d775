// Runs every kernel that defines what a decoder computes on the same made-up inputs and prints a
// checksum of each result, so that runs on different processors can be compared line by line:
// kernels PATH, one of portable, avx2, avx512, neon. Used by Scripts/check-arm64.sh.
#include "CKernels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 17 };
static uint64_t state;

// SplitMix64 (Steele, Lea, Flood 2014)
static uint64_t next(void) {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(size_t n) { return (size_t)(next() >> 32) * n >> 32; }
static int whole(int low, int high) { return low + (int)below((size_t)(high - low) + 1); }
static float uniform(float scale) { return (float)(int32_t)(next() >> 32) * 0x1p-31f * scale; }

static const float extremes[] = {
    0,
    -0.0f,
    0x1p-149f,
    -0x1p-149f,
    0x1p-126f,
    -0x1p-126f,
    0x1.fffffep127f,
    -0x1.fffffep127f,
    INFINITY,
    -INFINITY,
    NAN,
    1,
    -1,
    0x1.fffffep-1f,
    0x1.000002p0f,
    87,
    -87,
    88.8f,
    -88.8f,
    9.01f,
    9.02f,
    -9.1f,
    0.34657f,
    0x1p20f,
    0x1p-24f,
    1e-3f,
    0.5f,
    1.5f,
    2.5f,
    32767,
    -32768,
    16777216,
};

// NaNs are quiet ones: arithmetic makes no others, and max(x, 0) of a signalling one differs
// between processors (0 on x86-64, NaN on arm64).
static float bits_as_float(uint32_t bits) {
    float value;
    if ((bits & 0x7fffffff) > 0x7f800000) bits |= 0x00400000;
    memcpy(&value, &bits, 4);
    return value;
}

// kind 0: ordinary numbers; 1: of all sizes; 2: any bits, NaN and infinity included
static void floats(float *x, size_t n, int kind) {
    for (size_t i = 0; i < n; i++) {
        if (kind == 0)
            x[i] = uniform(4);
        else if (kind == 1)
            x[i] = uniform(1) * ldexpf(1, whole(-40, 20));
        else
            x[i] = i % 4 == 0 ? extremes[below(sizeof extremes / sizeof *extremes)]
                              : bits_as_float((uint32_t)next());
    }
}

static uint64_t total_values;

// FNV-1a over 32-bit words; a NaN is a NaN, whatever its bits.
static uint64_t hash_words(const void *data, size_t n, int is_float, uint64_t hash) {
    for (size_t i = 0; i < n; i++) {
        uint32_t word;
        memcpy(&word, (const char *)data + 4 * i, 4);
        if (is_float && (word & 0x7fffffff) > 0x7f800000) word = 0x7fc00000;
        hash = (hash ^ word) * 0x100000001b3u;
    }
    total_values += n;
    return hash;
}

static void report(const char *name, uint64_t hash) { printf("%s %016" PRIx64 "\n", name, hash); }

static float a[MOST], b[MOST], c[MOST], y[MOST], packed[MOST];
static int16_t w16[MOST], x16[MOST], y16[MOST];
static int32_t i32[MOST], j32[MOST], bias32[MOST];

static void gemm(void) {
    for (int kind = 0; kind < 2; kind++) {
        uint64_t hash = 0;
        for (int trial = 0; trial < 300; trial++) {
            size_t rows = below(20), k = below(120), n = below(90), ldx = k + below(9),
                   ldy = n + below(5);
            floats(a, rows * ldx + k + 1, kind);
            floats(b, k * n + 1, kind);
            floats(c, n + 1, kind);
            floats(y, rows * ldy + n + 1, kind);
            if (nwc_gemm_packed_count(k, n) > MOST) abort();
            nwc_gemm_pack(b, k, n, packed);
            nwc_gemm(rows, k, n, a, ldx, packed, trial % 3 ? c : NULL, trial % 5 == 0, y, ldy);
            hash = hash_words(y, rows * ldy, 1, hash);
        }
        report(kind ? "gemm, all sizes" : "gemm", hash);
    }
}

static void functions(void) {
    void (*const all[])(const float *, float *, size_t) = {nwc_tanh, nwc_sigmoid, nwc_exp, nwc_log,
                                                           nwc_asinh};
    const char *const names[] = {"tanh", "sigmoid", "exp", "log", "asinh"};
    for (int f = 0; f < 5; f++) {
        uint64_t hash = 0;
        for (int kind = 0; kind < 3; kind++)
            for (size_t n = 0; n < 40; n++) { // all lengths of a vector's rest
                floats(a, n, kind);
                all[f](a, y, n);
                hash = hash_words(y, n, 1, hash);
            }
        for (uint32_t first = 0; first < 0xfff00000u;
             first += MOST * 1024u) { // one of 1024 of all numbers
            for (size_t i = 0; i < MOST; i++)
                a[i] = bits_as_float(first + (uint32_t)i * 1024u + (uint32_t)below(1024));
            all[f](a, y, MOST);
            hash = hash_words(y, MOST, 1, hash);
            if (first + MOST * 1024u < first) break;
        }
        report(names[f], hash);
    }
}

static void layers(void) {
    uint64_t hash = 0;
    for (int kind = 0; kind < 3; kind++)
        for (size_t n = 0; n < 70; n++) {
            floats(a, 5 * n + 7, kind);
            floats(b, n, 0);
            nwc_leaky_relu(a, 0.1f, y, n);
            hash = hash_words(y, n, 1, hash);
            nwc_prelu(5, n, a, n, b, y, n);
            hash = hash_words(y, 5 * n, 1, hash);
        }
    report("leaky_relu, prelu", hash);
    hash = 0;
    for (uint32_t seed = 0; seed < 200; seed++) {
        nwc_uniform(y, seed * 2654435761u, 333);
        hash = hash_words(y, 333, 1, hash);
        nwc_signs(y, seed * 2654435761u, 333);
        hash = hash_words(y, 333, 1, hash);
    }
    report("uniform, signs", hash);
}

static void words(int16_t *x, size_t n, size_t padded, int most) {
    for (size_t i = 0; i < padded; i++) x[i] = i < n ? (int16_t)whole(-most, most) : 0;
}

static void integers(void) {
    uint64_t hash = 0;
    for (int trial = 0; trial < 400; trial++) {
        size_t rows = below(60), cols = 1 + below(512), size = nwc_gemv_i16_size(rows, cols);
        words(w16, size, size, 2047);
        words(x16, cols, cols + 1, 2047);
        nwc_gemv_i16(rows, cols, w16, x16, i32);
        hash = hash_words(i32, rows, 0, hash);
    }
    report("gemv_i16", hash);
    hash = 0;
    for (int trial = 0; trial < 2000; trial++) {
        size_t n = below(70);
        uint8_t shift[70];
        for (size_t i = 0; i < n; i++) {
            i32[i] = (int32_t)(next() >> 32);
            bias32[i] = (int32_t)(next() >> 32);
            shift[i] = (uint8_t)below(31);
        }
        nwc_round_shift(n, i32, bias32, shift, trial % 3 ? whole(0, 70000) : INT32_MAX);
        hash = hash_words(i32, n, 0, hash);
    }
    report("round_shift", hash);
    hash = 0;
    for (int32_t first = -70000; first < 70000; first += 1000) {
        for (int i = 0; i < 1000; i++) i32[i] = first + i;
        i32[999] = first < 0 ? INT32_MIN + 1 : INT32_MAX;
        nwc_tanh_q(1000, i32, y16);
        for (int i = 0; i < 1000; i++) {
            int32_t one = y16[i];
            hash = hash_words(&one, 1, 0, hash);
        }
    }
    report("tanh_q", hash);
    hash = 0;
    for (int trial = 0; trial < 1000; trial++) {
        size_t hidden = below(130);
        for (size_t i = 0; i < 3 * hidden; i++) {
            i32[i] = whole(-(1 << 19), 1 << 19) >> below(12);
            j32[i] = whole(-(1 << 19), 1 << 19) >> below(12);
        }
        words(x16, hidden, hidden, 2047);
        nwc_gru_step_q(hidden, i32, j32, x16);
        for (size_t i = 0; i < hidden; i++) i32[i] = x16[i];
        hash = hash_words(i32, hidden, 0, hash);
    }
    report("gru_step_q", hash);
    hash = 0;
    for (int trial = 0; trial < 20000; trial++) {
        size_t count = below(129);
        words(x16, count, count, 2047);
        words(w16, 16 * count, 16 * count, 2047);
        for (int i = 0; i < 16; i++) bias32[i] = whole(-(1 << 29), 1 << 29) >> below(20);
        words(y16, 16, 16, 2047);
        int32_t result =
            nwc_local_correction(count, x16, w16, bias32, y16, whole(0, 30), whole(0, 30));
        hash = hash_words(&result, 1, 0, hash);
    }
    report("local_correction", hash);
}

// The kernels of whole-file inference of layers; not those of Encoder and Decoder, but promised to
// be the same everywhere as well.
static void strict(void) {
    uint64_t hash = 0;
    for (int kind = 0; kind <= NWC_SOFTPLUS; kind++)
        for (size_t n = 0; n < 100; n++) {
            floats(a, n, (int)(n % 3));
            nwc_strict_unary(kind, a, 0.25f, y, n);
            hash = hash_words(y, n, 1, hash);
        }
    report("strict unary", hash);
    hash = 0;
    for (int trial = 0; trial < 200; trial++) {
        size_t rows = 1 + below(9), columns = 1 + below(70), inner = below(60);
        floats(a, rows * inner + 1, trial % 2);
        floats(b, inner * columns + 1, trial % 2);
        floats(y, rows * columns, trial % 2);
        nwc_strict_acc_product(a, inner, b, columns, y, columns, rows, columns, inner);
        hash = hash_words(y, rows * columns, 1, hash);
        size_t hidden = 1 + below(16), inputs = 1 + below(32), positions = 1 + below(20),
               n = positions * 3;
        floats(a, n * inputs + inputs * hidden, 0);
        floats(b, positions * hidden + hidden, 0);
        nwc_strict_perceptron(a, a + n * inputs, b, b + positions * hidden, y, n, inputs, hidden,
                              positions);
        hash = hash_words(y, n, 1, hash);
    }
    report("strict products", hash);
    hash = 0;
    for (int trial = 0; trial < 200; trial++) {
        size_t rows = 1 + below(5), hidden = 1 + below(60);
        floats(a, rows * 3 * hidden, 0);
        floats(b, rows * 3 * hidden, 0);
        floats(c, rows * hidden, 0);
        nwc_strict_gru_step(a, 3 * hidden, b, c, hidden, packed, 4 * hidden, y, hidden, rows,
                            hidden);
        hash = hash_words(y, rows * hidden, 1, hash);
        nwc_strict_gated(a, packed, y, rows, hidden);
        hash = hash_words(y, rows * hidden, 1, hash);
        nwc_strict_depthwise(a, b, y, rows, hidden, 1, 1, 1);
        hash = hash_words(y, rows * hidden, 1, hash);
    }
    report("strict layers", hash);
}

int main(int count, char **arguments) {
    int path = -1;
    for (int i = 0; i < NWC_SIMD_COUNT && count == 2; i++)
        if (strcmp(arguments[1], nwc_simd_name(i)) == 0) path = i;
    if (nwc_simd_select(path) != 0) {
        fprintf(stderr, "kernels: no path %s here\n", count == 2 ? arguments[1] : "named");
        return 69;
    }
    void (*const parts[])(void) = {gemm, functions, layers, integers, strict};
    for (uint64_t i = 0; i < 5; i++) {
        state = 2026 + i;
        parts[i]();
    }
    printf("values %" PRIu64 "\n", total_values);
    return 0;
}
