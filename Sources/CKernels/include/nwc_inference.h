// Inference kernels: matrix product, functions of one variable, parts of layers, noise. They decide
// what a decoder makes of its symbols, so THEY ARE PART OF THE FORMAT, like the integer kernels
// (nwc_integer.h).
//
// Every floating-point function gives the SAME BITS on every SIMD path (portable, AVX2+FMA,
// AVX-512, NEON) for the same input: each output element is its own chain of IEEE single-precision
// operations in a fixed order, written once and compiled several times; vectors run across outputs,
// never across the terms of a sum. The default floating-point environment is assumed (round to
// nearest even, no flush to zero). Where a result is a NaN that came in through the input, only the
// fact that it is a NaN is the same everywhere, unless a function says more.
//
// Nothing here allocates, locks, or does input or output. Pointers need the natural alignment of
// their element type only; 64-byte alignment of packed matrices is faster. `n`, `rows`, ... may be
// 0. Unless a function says "in place allowed" (same pointer and same row stride), outputs must not
// overlap inputs. "Row stride" (ld*) counts elements, not bytes.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------------
// Matrix product

/// Number of floats that `nwc_gemm_pack` writes for a k x n matrix: n rounded up to a multiple of
/// 16, times k. 0 when that number does not fit in size_t.
size_t nwc_gemm_packed_count(size_t k, size_t n);

/// Reorders the weights of `nwc_gemm` into panels of 16 columns (the last one padded with zeros):
/// packed[(o / 16) * k * 16 + i * 16 + o % 16] = w[i * n + o]. The same for every SIMD path.
/// - w: row-major [k][n]
/// - packed: `nwc_gemm_packed_count(k, n)` floats
void nwc_gemm_pack(const float *w, size_t k, size_t n, float *packed);

/// Matrix product with a fixed order of summation. For r in 0..<rows, o in 0..<n:
///     s = accumulate ? y[r * ldy + o] : (bias ? bias[o] : 0)
///     for i = 0, 1, ..., k - 1:  s = fma(x[r * ldx + i], w[i][o], s)
///     y[r * ldy + o] = s
/// Rows of x may overlap. A convolution of `taps` taps, dilation 1 and stride `stride` over
/// time-major data [frames][channels] is one call with k = taps * channels and ldx = stride *
/// channels; with dilation it is one accumulating call a tap. The result does not depend on how
/// rows or columns are split into calls.
/// - x: at least (rows - 1) * ldx + k floats; ldx >= 0
/// - packed: w [k][n] from `nwc_gemm_pack`
/// - bias: n floats or NULL; not read when accumulate is not 0
/// - y: [rows][n] with row stride ldy >= n; must not overlap x
void nwc_gemm(size_t rows, size_t k, size_t n, const float *x, size_t ldx, const float *packed,
              const float *bias, int accumulate, float *y, size_t ldy);

// -------------------------------------------------------------------------------------------------
// Functions of one variable, y[i] = f(x[i]), i in 0..<n. In place allowed. At most 4 ulp from the
// exact value over the range given (CKernelsTests). Infinities count as the largest finite value;
// NaN gives the NaN 0x7FC00000.

/// Hyperbolic tangent, all x. Odd; exactly +-1 beyond about |x| = 9.02; tanh(-0) = -0.
void nwc_tanh(const float *x, float *y, size_t n);

/// Logistic function 1 / (1 + exp(-x)), x clamped to [-87, 87].
void nwc_sigmoid(const float *x, float *y, size_t n);

/// exp(x), x clamped to [-87, 87].
void nwc_exp(const float *x, float *y, size_t n);

/// Natural logarithm of positive normal x; anything below 2^-126 (zero and negative numbers too)
/// counts as 2^-126.
void nwc_log(const float *x, float *y, size_t n);

/// Inverse hyperbolic sine, all x. Odd; asinh(-0) = -0.
void nwc_asinh(const float *x, float *y, size_t n);

// -------------------------------------------------------------------------------------------------
// Layers

/// y[i] = x[i] > 0 ? x[i] : slope * x[i]. In place allowed.
void nwc_leaky_relu(const float *x, float slope, float *y, size_t n);

/// PReLU with one slope a channel: y[r][c] = x[r][c] > 0 ? x[r][c] : slope[c] * x[r][c]. In place
/// allowed.
/// - x, y: [rows][channels], row strides ldx, ldy >= channels
/// - slope: channels floats
void nwc_prelu(size_t rows, size_t channels, const float *x, size_t ldx, const float *slope,
               float *y, size_t ldy);

// -------------------------------------------------------------------------------------------------
// Noise. Value i comes from h_i, 32 bits: the finaliser of MurmurHash3 (A. Appleby) of
// i * 0x9e3779b9 + seed, i mod 2^32.

/// y[i] = (h_i >> 8) 2^-24 - 1/2: uniform in [-1/2, 1/2).
void nwc_uniform(float *y, uint32_t seed, size_t n);

/// y[i] = -1 where the first bit of h_i is set, else 1.
void nwc_signs(float *y, uint32_t seed, size_t n);

#ifdef __cplusplus
}
#endif
