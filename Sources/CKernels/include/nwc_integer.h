// Integer kernels of the entropy model. All results are exact integers: the same on every machine,
// compiler and SIMD path. Conventions: activations are int16 with |x| <= 2047, weights int16 with
// |w| <= 2047 and less where a sum has more than 512 terms (FixedPointLinear), so that terms * 2047
// * |w| < 2^31 and no 32-bit sum can overflow. Qn means value * 2^n. The SIMD path
// (nwc_simd_select) applies. They decide which symbols a decoder reads, so THEY ARE PART OF THE
// FORMAT.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Place of w[r][c] in the weights of `nwc_gemv_i16`: blocks of 16 rows, in them pairs of columns,
/// of each pair the 16 rows, so that every lane of a vector has a row of its own.
static inline size_t nwc_gemv_i16_place(size_t cols, size_t r, size_t c) {
    return ((r / 16 * ((cols + 1) / 2) + c / 2) * 16 + r % 16) * 2 + c % 2;
}

/// Values that these weights have, with those of rows and columns that only fill up.
static inline size_t nwc_gemv_i16_size(size_t rows, size_t cols) {
    return (rows + 15) / 16 * ((cols + 1) / 2) * 32;
}

/// y[r] = sum_c w[r][c] x[c].
/// - w: each at `nwc_gemv_i16_place`, the others zero
/// - x: `cols` rounded up to an even number of values, padding zero
void nwc_gemv_i16(size_t rows, size_t cols, const int16_t *w, const int16_t *x, int32_t *y);

/// y[i] = clamp((y[i] + bias[i] + 2^(shift[i] - 1)) >> shift[i], -limit, limit), as if in 64 bits;
/// any y and bias.
/// - shift: 0...30 each (0: no rounding term)
/// - limit: 0...INT32_MAX
void nwc_round_shift(size_t n, int32_t *y, const int32_t *bias, const uint8_t *shift,
                     int32_t limit);

/// y[i] = tanh(x[i]): argument Q10, clamped to +-8191; result Q11, in [-2047, 2047]. Linear
/// interpolation in a table of 513 entries, rounded to nearest (halves up, of the magnitude). Off
/// by about 1 at most.
void nwc_tanh_q(size_t n, const int32_t *x, int16_t *y);

/// One step of a gated recurrent unit. The logistic function, in [0, 2048], and tanh are made as in
/// nwc_tanh_q. Pre-activations Q10 in the order reset, update, candidate; state Q11.
///   r = sigmoid(gi_r + gh_r), z = sigmoid(gi_z + gh_z), n = tanh(gi_n + ((r gh_n + 1024) >> 11)),
///   h = clamp(((2048 - z) n + z h + 1024) >> 11, +-2047)
/// - gi, gh: 3 * hidden values, |value| <= 2^19
/// - h: hidden values in [-2047, 2047], replaced
void nwc_gru_step_q(size_t hidden, const int32_t *gi, const int32_t *gh, int16_t *h);

/// Correction of one coefficient's log scale: for u in 0..<16
///   a_u = clamp((sum_f w[f][u] x[f] + bias[u]) >> shift_in (rounded), 0, 2047),
///   result = (sum_u out[u] a_u) >> shift_out (rounded).
/// - count: at most 128 features, |bias| <= 2^29 + 2^14
/// - x: `count` features; w: [count][16]; bias, out: 16 values
/// - shift_in, shift_out: 0...30
int32_t nwc_local_correction(size_t count, const int16_t *x, const int16_t *w, const int32_t *bias,
                             const int16_t *out, int shift_in, int shift_out);

#ifdef __cplusplus
}
#endif
