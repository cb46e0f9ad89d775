// The letters of pictures, placed in the programs that draw by the compiler: DejaVu Sans without
// what pictures do not need (Scripts/chart-font.sh makes the files; licence: LICENSES.md).
#pragma once
#include <stddef.h>

/// First byte of the TrueType file of the upright font; it lives as long as the program.
const unsigned char *nwc_chart_font(void);
/// Its length in bytes.
size_t nwc_chart_font_size(void);
/// The same of the bold font.
const unsigned char *nwc_chart_font_bold(void);
size_t nwc_chart_font_bold_size(void);
