#!/bin/sh
# po/update.sh - collects what is to be translated from the sources, and brings the languages up to date.
#
#   sh po/update.sh FOLDER FILE...           writes po/glasspost.pot, merges it into each po/*.po
#   POT=FILE sh po/update.sh FOLDER FILE...  writes that file alone (the test that the real one is fresh)
#   LANGUAGE_NEW=fr sh po/update.sh ...      begins po/fr.po, too
#
# FOLDER is for the marked copies of the sources (po/collect.py).
set -eu
folder=$1
shift
pot=${POT:-po/glasspost.pot}
copies=$folder/po/sources

mkdir -p "$folder/po"
set -- "$@" po/said.c labs/demo/scenarios/*.ini labs/*/demo.ini labs/*/checks
python3 po/collect.py "$copies" "$@"
# The names of files without lines, and no date: so the catalogue changes only when its words do.
xgettext --directory="$copies" --from-code=UTF-8 --language=C --add-location=file --width=100 \
    --add-comments=words: --keyword --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=ngettext:1,2 \
    --package-name=glasspost --msgid-bugs-address=postmaster@glasspost.example --output=- "$@" |
    sed -e '1,/^$/{/^"POT-Creation-Date/d;/^#/d;s/charset=CHARSET/charset=UTF-8/}' > "$folder/po/new.pot"
if cmp -s "$folder/po/new.pot" "$pot"; then
    rm "$folder/po/new.pot"
else
    mv "$folder/po/new.pot" "$pot"
fi
[ -z "${POT:-}" ] || exit 0

if [ -n "${LANGUAGE_NEW:-}" ] && [ ! -e "po/$LANGUAGE_NEW.po" ]; then
    msginit --no-translator --no-wrap --locale="$LANGUAGE_NEW" --input="$pot" --output-file="po/$LANGUAGE_NEW.po"
fi
for language in po/*.po; do
    msgmerge --quiet --update --backup=none --add-location=file --width=100 --no-fuzzy-matching "$language" "$pot"
    echo "$language: $(msgfmt --check --output-file=/dev/null --statistics "$language" 2>&1)"
done
