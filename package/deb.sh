#!/bin/sh
# package/deb.sh - a Debian package of what package/install.sh installs.
#
#   BUILD=build-O2 sh package/deb.sh        writes BUILD/glasspost_VERSION_ARCHITECTURE.deb
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build-O2}
version=$("$build/glasspost" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
root=$build/deb
rm -rf "$root"

# The packages that hold the libraries which the program names, of the versions here (the authors' part of them).
depends() {
    objdump -p "$build/glasspost" | sed -n 's/^ *NEEDED *//p' | while read -r library; do
        path=$(ldconfig -p | sed -n "s|.*[[:space:]]$library .*=> ||p" | head -n 1)
        package=$(dpkg-query -S "$(readlink -f "$path")" "$path" 2>/dev/null | head -n 1 | cut -d: -f1)
        dpkg-query -W -f='${Package} (>= ${source:Upstream-Version})\n' "$package" | head -n 1
    done | sort -u | paste -sd, | sed 's/,/, /g'
}

DESTDIR=$root PREFIX=/usr BUILD=$build sh package/install.sh
strip "$root/usr/bin/glasspost"
mv "$root/usr/share/doc/glasspost/LICENSE" "$root/usr/share/doc/glasspost/copyright"
mkdir -p "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<EOF
Package: glasspost
Version: $version
Architecture: $architecture
Maintainer: The Glasspost developers <postmaster@glasspost.example>
Section: education
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: $(depends)
Recommends: gcc, libc6-dev, libglib2.0-dev, libsqlite3-dev, libgnutls28-dev, libgmime-3.0-dev, libjson-glib-dev, libncurses-dev, pkg-config
Description: a mail server you can see through
 A real, small mail system (SMTP, POP3, IMAP, DNS, a database, a queue, bounces)
 whose every step is an event that a learner can follow live, stop at, step
 through and go back from, in a viewer on the terminal. With labs for courses;
 those in which one writes C need the recommended packages.
EOF
# Owned by root whoever builds it, and the same octets each time.
dpkg-deb --root-owner-group -Zxz --build "$root" "$build/glasspost_${version}_$architecture.deb" > /dev/null
echo "$build/glasspost_${version}_$architecture.deb"
