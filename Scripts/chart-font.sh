#!/usr/bin/env bash
# Makes the fonts of pictures, Sources/CChartFont/*.ttf, from Debian's DejaVu Sans 2.37: letters of European scripts, figures and signs, outlines alone.
#   Scripts/chart-font.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/setup.sh fonts-dejavu-core fonttools
out=${1:-Sources/CChartFont}
# Latin, Greek, Cyrillic; dashes, quotes, per mille; raised and lowered figures; Euro, trade mark; arrows; signs of mathematics; what stands for the unknown.
letters=U+0020-007E,U+00A0-024F,U+0370-03FF,U+0400-045F,U+2010-2027,U+2030-203A,U+2070-208E,U+20AC,U+2122,U+2190-2199
letters+=,U+2212,U+221A,U+221E,U+2248,U+2260,U+2264,U+2265,U+FFFD
for name in DejaVuSans DejaVuSans-Bold; do
    # Names 0 and 13 are the notice and the licence. The time of the original stays, so that the same bytes come out.
    pyftsubset "/usr/share/fonts/truetype/dejavu/$name.ttf" --unicodes="$letters" --output-file="$out/$name.ttf" \
        --no-hinting --layout-features='' --drop-tables+=GSUB,GPOS,GDEF,FFTM,kern --name-IDs=0,1,2,5,13 --no-glyph-names --notdef-outline \
        --no-recalc-timestamp
done
