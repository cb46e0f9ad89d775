// Change of speed for training data, see nwc_training.h.
#include "nwc_training.h"
#include "hot.h"
#include <math.h>
#pragma clang fp contract(fast) reassociate(on)

enum { REACH = NWC_RESAMPLE_REACH, TAPS = 2 * REACH };

HOT void nwc_resample(const int16_t *x, ptrdiff_t count, double start, double speed, float *y,
                      size_t n) {
    const double pi = 3.14159265358979323846, cutoff = speed > 1 ? 1 / speed : 1;
    // Sine and cosine of the sinc's and the window's argument at every tap of a sample between
    // none: the rest is the addition theorem.
    double offset[TAPS], sinc_sin[TAPS], sinc_cos[TAPS], window_sin[TAPS], window_cos[TAPS];
    for (int k = 0; k < TAPS; k++) {
        offset[k] = REACH - 1 - k;
        sinc_sin[k] = sin(cutoff * pi * offset[k]);
        sinc_cos[k] = cos(cutoff * pi * offset[k]);
        window_sin[k] = sin(pi * offset[k] / REACH);
        window_cos[k] = cos(pi * offset[k] / REACH);
    }
    for (size_t i = 0; i < n; i++) {
        double place = start + (double)i * speed, whole = floor(place), fraction = place - whole;
        ptrdiff_t first = (ptrdiff_t)whole - REACH + 1;
        double taps[TAPS], sum = 0;
        if (first >= 0 && first + TAPS <= count)
            for (int k = 0; k < TAPS; k++) taps[k] = x[first + k];
        else
            for (int k = 0; k < TAPS; k++)
                taps[k] = first + k >= 0 && first + k < count ? x[first + k] : 0;
        double s = sin(cutoff * pi * fraction), c = cos(cutoff * pi * fraction),
               ws = sin(pi * fraction / REACH), wc = cos(pi * fraction / REACH);
        for (int k = 0; k < TAPS; k++) {
            double distance = fraction + offset[k], sine = s * sinc_cos[k] + c * sinc_sin[k];
            int near = distance < 1e-9 && distance > -1e-9;
            double sinc = near ? cutoff : sine / (near ? 1 : pi * distance);
            sum += taps[k] * sinc * (0.5 + 0.5 * (wc * window_cos[k] - ws * window_sin[k]));
        }
        y[i] = (float)(sum / 32768);
    }
}
