// The file of the denoiser, placed in the program by the compiler.
#pragma once
#include <stddef.h>

/// First byte of the file `denoiser.nwm`; it lives as long as the program.
const unsigned char *nwc_denoiser(void);
/// Its length in bytes.
size_t nwc_denoiser_size(void);
