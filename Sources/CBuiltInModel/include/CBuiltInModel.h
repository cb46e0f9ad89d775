// The files of the built-in models, placed in the program by the compiler.
#pragma once
#include <stddef.h>

/// First byte of the model file `default.nwm`; it lives as long as the program.
const unsigned char *nwc_default_model(void);
/// Its length in bytes.
size_t nwc_default_model_size(void);

/// The same of the post-filter's file, `post-filter.nwm`.
const unsigned char *nwc_default_post_filter(void);
size_t nwc_default_post_filter_size(void);

/// The same of the full-band model's file, `audio.nwm`.
const unsigned char *nwc_audio_model(void);
size_t nwc_audio_model_size(void);

/// The same of the model of few bits and its post-filter, `small.nwm` and `small-post-filter.nwm`.
const unsigned char *nwc_small_model(void);
size_t nwc_small_model_size(void);
const unsigned char *nwc_small_post_filter(void);
size_t nwc_small_post_filter_size(void);
