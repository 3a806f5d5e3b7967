#!/bin/sh
# package/install.sh - puts what was built below a prefix, or takes it away again.
#
#   BUILD=build DESTDIR=/tmp/root PREFIX=/usr/local sh package/install.sh [remove]
#
#   bin/glasspost                     the program
#   share/glasspost/labs              the demo's world, the labs
#   share/glasspost/lab.flags, *.h    what a student's file is compiled with
#   lib/glasspost/*.a                 and linked with
#   share/man, share/doc, share/bash-completion
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
top=${DESTDIR:-}${PREFIX:-/usr/local}
share=$top/share/glasspost
lib=$top/lib/glasspost
doc=$top/share/doc/glasspost
man=$top/share/man/man1/glasspost.1.gz
completion=$top/share/bash-completion/completions/glasspost

remove() {
    rm -rf "$share" "$lib" "$doc"
    rm -f "$top/bin/glasspost" "$man" "$completion"
}

# The labs without what a run leaves in them.
install_labs() {
    find labs -name mine -prune -o -name state -prune -o -name grader -prune -o -name README.md -path labs/README.md -print -o -type f -print
}

install_headers() {
    find smtp pop3 imap dns storage net trace app labs/grader -name '*.h'
}

copy() { # the files named on standard input, with their folders, to @1
    while read -r file; do
        mkdir -p "$1/$(dirname "$file")"
        cp "$file" "$1/$file"
    done
}

if [ "${1:-}" = remove ]; then
    remove
    exit
fi
remove
mkdir -p "$top/bin" "$share" "$lib" "$doc" "$(dirname "$man")" "$(dirname "$completion")"
cp "$build/glasspost" "$top/bin/glasspost"
install_labs | copy "$share"
install_headers | copy "$share"
for archive in "$build"/lib*.a; do
    cp "$archive" "$lib"
    strip -g "$lib/$(basename "$archive")"
done
sed -e 's|^root = .*|root = .|' -e 's|^archives = .*|archives = ../../lib/glasspost|' "$build/lab.flags" > "$share/lab.flags"
cp README.md TUTORIAL.md LICENSE "$doc"
sh package/man.sh "$build/glasspost" | gzip -9n > "$man"
sh package/completion.sh "$build/glasspost" > "$completion"
find "$top/bin/glasspost" "$share" "$lib" "$doc" "$man" "$completion" -type d -exec chmod 755 {} +
find "$share" "$lib" "$doc" "$man" "$completion" -type f ! -name '*.sh' -exec chmod 644 {} +
chmod 755 "$top/bin/glasspost"
