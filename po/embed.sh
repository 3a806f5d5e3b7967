#!/bin/sh
# po/embed.sh - writes the catalogues as one C table (trace/words_inside.h), so that the program needs no file.
#
#     sh po/embed.sh FOLDER po/de.po ... > build/po/catalogues.c
#
# Without msgfmt(1) (package gettext) the table is empty, and the program speaks English.
set -eu
folder=$1
shift

# The octets of a .mo file as an array, on the boundary that its numbers want.
octets() {
    echo "static const guint8 $1[] G_GNUC_UNUSED __attribute__((aligned(8))) = {"
    od -An -v -t x1 "$2" | sed 's/ \(..\)/0x\1,/g'
    echo '};'
}

# Where the words of trace calls stand, and what scenarios and labs say: not in the viewer, nor on the pages
# that explain.
events() {
    msggrep -N 'smtp/*' -N 'pop3/*' -N 'imap/*' -N 'dns/*' -N 'storage/*' -N 'net/*' -N 'app/[!e]*' \
        -N 'trace/[!v]*' -N 'labs/*/*' -N 'labs/demo/scenarios/*' -N 'po/*' "$1"
}

echo '/* Made by po/embed.sh: the catalogues of all languages. */'
echo '#include "trace/words_inside.h"'
rows=
if command -v msgfmt > /dev/null; then
    for file in "$@"; do
        language=$(basename "$file" .po)
        msgfmt --output-file="$folder/$language.mo" "$file"
        events "$file" | msgfmt --output-file="$folder/$language-events.mo" -
        octets "${language}_all" "$folder/$language.mo"
        octets "${language}_events" "$folder/$language-events.mo"
        rows="$rows    { \"$language\", ${language}_all, ${language}_events },
"
    done
fi
echo 'const WordsLanguage words_languages[] = {'
printf '%s' "$rows"
echo '    { NULL, NULL, NULL },'
echo '};'
