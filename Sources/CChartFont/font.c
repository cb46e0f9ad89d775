#include "CChartFont.h"

static const unsigned char upright[] = {
#embed "DejaVuSans.ttf"
};

static const unsigned char bold[] = {
#embed "DejaVuSans-Bold.ttf"
};

const unsigned char *nwc_chart_font(void) { return upright; }
size_t nwc_chart_font_size(void) { return sizeof upright; }
const unsigned char *nwc_chart_font_bold(void) { return bold; }
size_t nwc_chart_font_bold_size(void) { return sizeof bold; }
