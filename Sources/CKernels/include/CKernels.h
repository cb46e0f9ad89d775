#pragma once
#include "nwc_kernels.h"
