// The integer kernels that every SIMD path has: X(result, name, parameters, arguments), public as
// nwc_<name> (nwc_integer.h says what they do), k_<name> in the .inc files.
#pragma once

#define NWC_INTEGER_KERNELS(X)                                                                     \
    X(void, gemv_i16, (size_t rows, size_t cols, const int16_t *w, const int16_t *x, int32_t *y),  \
      (rows, cols, w, x, y))                                                                       \
    X(void, round_shift,                                                                           \
      (size_t n, int32_t * y, const int32_t *bias, const uint8_t *shift, int32_t limit),           \
      (n, y, bias, shift, limit))                                                                  \
    X(void, tanh_q, (size_t n, const int32_t *x, int16_t *y), (n, x, y))                           \
    X(void, gru_step_q, (size_t hidden, const int32_t *gi, const int32_t *gh, int16_t *h),         \
      (hidden, gi, gh, h))                                                                         \
    X(int32_t, local_correction,                                                                   \
      (size_t count, const int16_t *x, const int16_t *w, const int32_t *bias, const int16_t *out,  \
       int shift_in, int shift_out),                                                               \
      (count, x, w, bias, out, shift_in, shift_out))
