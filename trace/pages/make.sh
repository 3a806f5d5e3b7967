#!/bin/sh
# trace/pages/make.sh - a page for each scenario of the demo and each lab's demo, and an index of them.
#
#   BUILD=build sh trace/pages/make.sh [FOLDER]       default: build/pages; LANGUAGE=de for German pages
#
# All are played on the simulated network, so the same program makes the same pages. FOLDER may be
# put on any web server as it is, or opened from a disk.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
folder=${1:-$build/pages}
case $build in /*) ;; *) build=$PWD/$build ;; esac
program=$build/glasspost
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

lab_title() { # of lab @1 (01-follow), in the reader's language
    number=${1%%-*}
    "$program" lab list | sed -n "s/^ *${number#0}  \(.*[^ ]\)  *[0-9][0-9]* min  .*/\1/p"
}

as_html() {
    sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}

# The page @1 of the journal in $work/@1, and its place in the index. What the page is called stands in it.
page() {
    "$program" export "$work/$1" --format html > "$folder/$1.html"
    title=$(sed -n 's|^<title>\(.*\)</title>$|\1|p' "$folder/$1.html")
    events=$(grep -c '^{"seq"' "$work/$1"/journal-*.ndjson | awk -F: '{ sum += $NF } END { print sum }')
    printf '<li><a href="%s.html"><b>%s</b> %s</a> <small>%s</small></li>\n' "$1" "$2" "$title" \
        "$(word index-events "$folder/$1.html" "$events")" > "$work/$3-$1"
    rm -rf "${work:?}/$1"
}

# What a page calls @1, in its reader's language, with @3 for {1}.
word() {
    sed -n "s|.*\"$1\":\"\([^\"]*\)\".*|\1|p" "$2" | sed "s|{1}|${3:-}|"
}

scenario() {
    name=$(basename "$1" .ini)
    "$program" demo --plain --network simulated --scenario "$name" --keep "$work/$name" > /dev/null
    page "$name" "$name" demos
}

lab() {
    name=$(basename "$(dirname "$1")")
    "$program" lab demo "$name" --plain --keep "$work/$name" > /dev/null
    page "$name" "$(lab_title "$name" | as_html)" labs
}

every_other() { # from the first or the second one on
    turn=$1
    for file in labs/demo/scenarios/*.ini labs/[0-9]*/demo.ini; do
        turn=$((1 - turn))
        case $turn$file in
        0labs/demo/*) scenario "$file" ;;
        0*) lab "$file" ;;
        esac
    done
}

every_other 1 & # two at a time
one=$!
every_other 0 &
wait "$!" || failed=yes
wait "$one" || failed=yes
[ -z "${failed:-}" ]

cat trace/pages/page.css trace/pages/index.css > "$work/style"
cat "$work"/demos-* > "$work/demos"
cat "$work"/labs-* > "$work/labs"
some=$folder/remote.html
sed -e "s|{{language}}|$(sed -n 's|^<html lang="\(.*\)">$|\1|p' "$some")|" \
    -e "s|{{index-title}}|$(word index-title "$some")|" -e "s|{{index-labs}}|$(word index-labs "$some")|" \
    -e "s|{{index-demos}}|$(word index-demos "$some")|" \
    -e "s|{{index-how}}|$(word index-how "$some" "<b>$(word next "$some")</b>")|" \
    -e "/{{style}}/{r $work/style" -e 'd;}' -e "/{{demos}}/{r $work/demos" -e 'd;}' \
    -e "/{{labs}}/{r $work/labs" -e 'd;}' trace/pages/index.html > "$folder/index.html"
echo "$folder/index.html"
