#include "CBuiltInModel.h"

static const unsigned char model[] = {
#embed "default.nwm"
};
static const unsigned char audio[] = {
#embed "audio.nwm"
};
static const unsigned char small[] = {
#embed "small.nwm"
};
static const unsigned char small_post_filter[] = {
#embed "small-post-filter.nwm"
};
static const unsigned char post_filter[] = {
#embed "post-filter.nwm"
};

const unsigned char *nwc_default_model(void) { return model; }
size_t nwc_default_model_size(void) { return sizeof model; }
const unsigned char *nwc_default_post_filter(void) { return post_filter; }
size_t nwc_default_post_filter_size(void) { return sizeof post_filter; }
const unsigned char *nwc_audio_model(void) { return audio; }
size_t nwc_audio_model_size(void) { return sizeof audio; }
const unsigned char *nwc_small_model(void) { return small; }
size_t nwc_small_model_size(void) { return sizeof small; }
const unsigned char *nwc_small_post_filter(void) { return small_post_filter; }
size_t nwc_small_post_filter_size(void) { return sizeof small_post_filter; }
