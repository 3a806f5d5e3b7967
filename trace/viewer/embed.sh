#!/bin/sh
# trace/viewer/embed.sh - writes the sources named as arguments as one C table (see code.h).
#
#     sh trace/viewer/embed.sh smtp/route.c ... > build/sources.c
#     TABLE=page_assets sh trace/viewer/embed.sh trace/pages/page.html ... > build/trace/pages/assets.c
set -eu

echo '/* Made by trace/viewer/embed.sh: the sources, for the Code pane. */'
echo '#include "trace/viewer/code.h"'
echo "const ViewSource ${TABLE:-view_sources}[] = {"
for file in "$@"; do
    printf '    { "%s",\n' "$file"
    # ? is escaped so that no three characters become a trigraph.
    sed 's/[\\"]/\\&/g; s/?/\\?/g; s/	/\\t/g; s/^/      "/; s/$/\\n"/' "$file"
    # An empty file still needs a string.
    echo '      "" },'
done
echo '    { NULL, NULL },'
echo '};'
