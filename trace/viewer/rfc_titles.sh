#!/bin/sh
# trace/viewer/rfc_titles.sh - writes the titles of the cited RFC sections as a C table.
#
# Reads lines "RFC 5321 §3.6  Relaying and Mail Routing  (4)" (the count at the end may be missing):
#
#     sh trace/viewer/rfc_titles.sh < list > trace/viewer/rfc_titles.c
#
# The table is kept with the sources, so that a build needs no RFC.
set -eu

cat <<'END'
/* trace/viewer/rfc_titles.c - the title of each RFC section that our sources cite.
 *
 * Made by trace/viewer/rfc_titles.sh; sorted by section. Tests: tests/test_viewer_code.c
 */
#include "trace/viewer/code.h"

#include <string.h>

typedef struct ViewTitle {
    const char *section;
    const char *title;
} ViewTitle;

/* clang-format off */
static const ViewTitle titles[] = {
END
sed -nE 's/"/\\"/g; s/^(RFC [0-9]+ §[0-9A-Z.]+)  +(.*[^ ])  \([0-9]+\)$/\1|\2/; s/^(RFC [0-9]+ §[0-9A-Z.]+)  +([^|]*)$/\1|\2/; s/^(RFC [^|]*)\|(.*)$/    { "\1", "\2" },/p'
cat <<'END'
};
/* clang-format on */

const char *
view_rfc_title(const char *section)
{
    for (guint i = 0; section != NULL && i < G_N_ELEMENTS(titles); i++)
        if (strcmp(titles[i].section, section) == 0)
            return titles[i].title;
    return NULL;
}
END
