#include "CBuiltInDenoiser.h"

static const unsigned char denoiser[] = {
#embed "denoiser.nwm"
};

const unsigned char *nwc_denoiser(void) { return denoiser; }
size_t nwc_denoiser_size(void) { return sizeof denoiser; }
