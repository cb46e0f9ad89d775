#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

// What is a macro with a cast, which Swift does not see.
enum { NWC_FT_LOAD_TARGET_LIGHT = FT_LOAD_TARGET_LIGHT };
