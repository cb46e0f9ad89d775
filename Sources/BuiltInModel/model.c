#include "BuiltInModel.h"
int nwc_builtin_placeholder(void){return 0;}
