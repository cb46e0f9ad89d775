#pragma once
int nwc_builtin_placeholder(void);
