#pragma once
#include "nwc_train.h"
