#!/bin/sh
# labs/pack.sh - what an instructor hands out: build/glasspost-labs.tar.gz (make student-pack).
#
# In it are the program, the headers, the sources of every stage but those that a lab asks to write, and the
# labs without solutions, wrong solutions and notes for instructors. The stages under study are there as object
# code, in the archives that a student's file is linked with. Model answers (`lab why`) are in base64, so that
# nobody comes upon them with grep; that is a curtain, not a lock.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
pack=$build/glasspost-labs

# What is under study: the modules that the labs name.
studied() {
    sed -n 's/^modules *= *//p' labs/*/checks | tr ';' '\n' | tr -d ' ' | sort -u
}

sources() {
    find smtp pop3 imap dns storage net trace app labs/grader -name '*.[ch]' -o -name '*.sql' -o -name '*.sh' -o -name '*.md'
    echo LICENSE setup.sh README.md | tr ' ' '\n'
}

labs() {
    find labs/README.md labs/demo labs/[0-9]* -name state -prune -o -name solution -prune -o -name wrong -prune -o \
        -type f ! -name instructor.md ! -name demo.ini ! -name why.md -print
}

copy() { # the files named on standard input, with their folders
    while read -r file; do
        mkdir -p "$pack/$(dirname "$file")"
        cp "$file" "$pack/$file"
    done
}

# In place of a source that is to be written.
stand_in() {
    while read -r file; do
        cat > "$pack/$file" <<END
/* $file - this stage is yours to write: a lab is about it (./glasspost lab list).
 *
 * What the house does here is in build/libglasspost.a, as object code.
 */
END
    done
}

rm -rf "$pack"
sources | copy
labs | copy
studied | stand_in
for why in labs/[0-9]*/why.md; do
    [ ! -e "$why" ] || base64 "$why" > "$pack/$why.base64"
done

mkdir -p "$pack/build"
cp "$build"/lib*.a "$pack/build"
# What ran is shown in the Code pane, but for what is to be written.
(cd "$pack" && sh trace/viewer/embed.sh $(find smtp pop3 imap dns storage net trace app labs/grader -name '*.c' | sort) storage/schema.sql > build/sources.c)
${CC:-cc} -O0 -I. -c -o "$pack/build/sources.o" "$pack/build/sources.c" $(pkg-config --cflags glib-2.0)
ar r "$pack/build/libsources.a" "$pack/build/sources.o"
rm "$pack/build/sources.c" "$pack/build/sources.o"
strip -g "$pack"/build/*.a
cp labs/pack.mk "$pack/Makefile"
env -u BUILD -u MAKEFLAGS -u CFLAGS make --no-print-directory -s -C "$pack"
tar -C "$build" -czf "$build/glasspost-labs.tar.gz" glasspost-labs
rm -rf "$pack"
echo "$build/glasspost-labs.tar.gz"
