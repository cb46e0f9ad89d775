// Training kernels: element-wise forward and backward passes, reductions and the optimiser step, in single and double precision.
// Every function exists as nwc_f32_NAME, nwc_f64_NAME and nwc_strict_NAME; the double versions call libm and serve gradient checks.
// Results of nwc_f32_* may differ between processors within rounding: nothing here defines a bitstream. nwc_strict_* is single precision with
// every operation rounded by itself and in order: the same bits everywhere and for any division of the arrays, at some cost in speed.
// All arrays are dense; n counts elements. "rows x cols" arrays are row-major. acc_* functions add to their output.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define NWC_TRAIN_DECLARE(T, P)                                                                                          \
    void P##fill(T *y, T value, size_t n);                                                                               \
    void P##add(const T *a, const T *b, T *y, size_t n);                                                                 \
    void P##sub(const T *a, const T *b, T *y, size_t n);                                                                 \
    void P##mul(const T *a, const T *b, T *y, size_t n);                                                                 \
    void P##scale_shift(const T *x, T scale, T shift, T *y, size_t n);                                                   \
    void P##acc_scaled(const T *x, T scale, T *y, size_t n);             /* y += scale x */                              \
    void P##acc_mul(const T *a, const T *b, T *y, size_t n);             /* y += a b */                                  \
    void P##acc_rows(const T *row, T *y, size_t rows, size_t cols);      /* every row of y += row */                     \
    void P##set_rows(const T *row, T *y, size_t rows, size_t cols);      /* every row of y = row */                      \
    void P##acc_columns(const T *x, T *sum, size_t rows, size_t cols);   /* sum[c] += sum over rows */                   \
    void P##mul_rows(const T *x, const T *row, T *y, size_t rows, size_t cols);                                          \
    void P##acc_mul_rows(const T *x, const T *row, T *y, size_t rows, size_t cols);                                      \
    void P##acc_mul_columns(const T *a, const T *b, T *sum, size_t rows, size_t cols); /* sum[c] += sum_r a b */         \
    /* unary functions: kind is nwc_unary; backward: dx += dy f'(x), with y = f(x) at hand */                            \
    void P##unary(int kind, const T *x, T param, T *y, size_t n);                                                        \
    void P##unary_backward(int kind, const T *x, const T *y, T param, const T *dy, T *dx, size_t n);                     \
    void P##prelu(const T *x, const T *slope, T *y, size_t rows, size_t cols);                                           \
    void P##prelu_backward(const T *x, const T *slope, const T *dy, T *dx, T *dslope, size_t rows, size_t cols);         \
    /* gated product of the halves of each row: y = u tanh(g), x = [u | g], cols = width of u */                         \
    void P##gated(const T *x, T *tanh_g, T *y, size_t rows, size_t cols);                                                \
    void P##gated_backward(const T *x, const T *tanh_g, const T *dy, T *dx, size_t rows, size_t cols);                   \
    /* copy / add a block of columns between row-major matrices */                                                       \
    void P##copy_block(const T *x, size_t ldx, T *y, size_t ldy, size_t rows, size_t cols);                              \
    void P##acc_block(const T *x, size_t ldx, T *y, size_t ldy, size_t rows, size_t cols);                               \
    /* transpose each of `blocks` dense row-major rows x cols matrices: y[b][c][r] = or += x[b][r][c] */                 \
    void P##transpose(const T *x, T *y, size_t blocks, size_t rows, size_t cols);                                        \
    void P##acc_transpose(const T *x, T *y, size_t blocks, size_t rows, size_t cols);                                    \
    /* y[r][j] += sum_i a[r][i] b[i][j], for few rows: b is read in place, where a library would copy it first */         \
    void P##acc_product(const T *a, size_t lda, const T *b, size_t ldb, T *y, size_t ldy, size_t rows, size_t cols, size_t inner); \
    /* two-layer perceptron at n places with `inputs` values each: y[i] = sum_h out[h] max(0, bias[i mod positions][h] + sum_f x[i][f] w[f][h]),\
       h < hidden <= 16, inputs <= 32; the backward pass computes the hidden units again instead of storing them */        \
    void P##perceptron(const T *x, const T *w, const T *bias, const T *out, T *y, size_t n, size_t inputs, size_t hidden, size_t positions); \
    void P##perceptron_backward(const T *x, const T *w, const T *bias, const T *out, const T *dy, T *dx, T *dw, T *dbias, T *dout, size_t n, \
                                size_t inputs, size_t hidden, size_t positions);                                         \
    /* one GRU step over `rows` sequences, see Cho et al. 2014 with the reset gate after the matrix product.             \
       gi, gh: [rows][3H] pre-activations (r, z, n); gates out: [rows][4H] = r, z, n, gh_n; h: [rows][H], strides in elements */ \
    void P##gru_step(const T *gi, size_t ldgi, const T *gh, const T *hprev, size_t ldprev, T *gates, size_t ldgates, T *h, \
                     size_t ldh, size_t rows, size_t hidden);                                                            \
    void P##gru_step_backward(const T *gates, size_t ldgates, const T *hprev, size_t ldprev, const T *dh, T *dgi, size_t lddgi, \
                              T *dgh, size_t lddgh, T *dhprev, size_t rows, size_t hidden);                              \
    /* bits of a logistic variable with unit-width bins: -log2(F((q-m+1/2)/s) - F((q-m-1/2)/s)), s = exp(log_scale); mean may be NULL */ \
    void P##logistic_bits(const T *q, const T *mean, const T *log_scale, T *bits, size_t n);                             \
    void P##logistic_bits_backward(const T *q, const T *mean, const T *log_scale, const T *dbits, T *dq, T *dmean, T *dlog_scale, size_t n); \
    /* features of the time-frequency neighbourhood: out[(t*cols + k)*stride + f] = map[t+dt][k+dk] or 0 outside */      \
    void P##neighbour(const T *map, size_t frames, size_t cols, int dt, int dk, T *out, size_t stride);                  \
    void P##neighbour_backward(const T *dout, size_t frames, size_t cols, int dt, int dk, T *dmap, size_t stride);       \
    /* uniform noise in [-1/2, 1/2): value i is a hash of (seed, i), the same on every machine */                          \
    void P##uniform(T *y, uint32_t seed, size_t n);                                                                      \
    /* -1 or 1: the sign of that noise turned round */                                                                   \
    void P##signs(T *y, uint32_t seed, size_t n);                                                                        \
    void P##power(const T *re, const T *im, T *y, size_t n);             /* y = re^2 + im^2 */                           \
    void P##power_backward(T *re, T *im, const T *dy, size_t n);         /* (re, im) *= 2 dy */                          \
    T P##sum(const T *x, size_t n);                                                                                      \
    T P##dot(const T *a, const T *b, size_t n);                                                                          \
    /* soft-to-hard assignment (Agustsson et al. 2017): weights[i][k] = softmax_k(-sharpness |x_i - c_k|), y = sum_k weights c */ \
    void P##soft_assign(const T *x, const T *centroids, T sharpness, T *weights, T *y, size_t n, size_t count);          \
    void P##soft_assign_backward(const T *x, const T *centroids, T sharpness, const T *weights, const T *y, const T *dy, const T *dweights, \
                                 T *dx, T *dcentroids, T *dsharpness, size_t n, size_t count);                           \
    /* depthwise 1-D convolution over rows: y[t][c] = sum_j w[j][c] x[t*stride + j*dilation][c] */                       \
    void P##depthwise(const T *x, const T *w, T *y, size_t frames_out, size_t cols, size_t taps, size_t stride, size_t dilation); \
    void P##depthwise_backward(const T *x, const T *w, const T *dy, T *dx, T *dw, size_t frames_out, size_t cols, size_t taps, \
                               size_t stride, size_t dilation);                                                          \
    /* Adam (Kingma and Ba 2015) with bias-corrected step size given by the caller, and moving average of the weights */ \
    void P##adam(T *w, const T *g, T *m, T *v, T *average, size_t n, T rate, T beta1, T beta2, T epsilon, T average_decay);

NWC_TRAIN_DECLARE(float, nwc_f32_)
NWC_TRAIN_DECLARE(double, nwc_f64_)
NWC_TRAIN_DECLARE(float, nwc_strict_)

// y[i] = samples of a clip (divided by 32768) read at place start + i speed >= 0: sinc interpolation under a Hann window of REACH taps on each side, cut
// off at the lower of both half sample rates; zeros outside of the `count` samples.
enum { NWC_RESAMPLE_REACH = 12 };
void nwc_resample(const int16_t *x, ptrdiff_t count, double start, double speed, float *y, size_t n);

// c[r][j] = (accumulate ? c[r][j] : 0) + sum_i a[r * a_row + i * a_step] b[i * b_row + j * b_step], i ascending, no fused operations.
void nwc_strict_multiply(const float *a, size_t a_row, size_t a_step, const float *b, size_t b_row, size_t b_step, float *c, size_t ldc,
                         size_t rows, size_t columns, size_t inner, int accumulate);

enum nwc_unary {
    NWC_TANH = 0, NWC_SIGMOID = 1, NWC_EXP = 2, NWC_LOG = 3 /* of max(x, param) */, NWC_ASINH = 4, NWC_LEAKY = 5 /* slope param */,
    NWC_ABS = 6, NWC_SQUARE = 7, NWC_SQRT = 8 /* of x + param */, NWC_ROUND = 9 /* straight-through */, NWC_CLAMP = 10 /* to +-param, gradient inside */,
    NWC_RELU = 11, NWC_SOFTPLUS = 12
};
