#include "CBuiltInModel.h"

static const unsigned char model[] = {
#embed "default.nwm"
};

const unsigned char *nwc_default_model(void) { return model; }
size_t nwc_default_model_size(void) { return sizeof model; }
