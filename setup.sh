#!/bin/sh
# setup.sh - sees to the packages that a make target needs (Debian and Ubuntu).
#
#   sh setup.sh build    to compile and run         (make demo)
#   sh setup.sh test     and what the tests use     (make test)
#   sh setup.sh bench    and what the bench uses    (make bench)
#   sh setup.sh lint     and what the checks use    (make lint)
#   sh setup.sh fuzz     and what the fuzzers use   (make fuzz)
#   sh setup.sh po       and what translators use   (make po)
#
# Nothing missing: says nothing. Else it names the packages; on a terminal it asks before it installs
# them; without one it installs them. Without root or on another system it stops there.
set -u

BUILD="gcc make pkg-config libglib2.0-dev libsqlite3-dev libgnutls28-dev libgmime-3.0-dev libjson-glib-dev libncurses-dev gettext"
TEST="perl"
CLIENTS="curl swaks libnet-ssleay-perl msmtp mutt alpine fetchmail isync offlineimap3 openssl dnsutils tmux sqlite3 python3-minimal python3 iproute2"
BENCH="python3 strace postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd"
LINT="clang clang-format cppcheck"
PO="python3"
FUZZ="clang libclang-rt-dev"

missing() {
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

case "${1:-}" in
build) needed=$BUILD; wanted="" ;;
test) needed="$BUILD $TEST"; wanted=$CLIENTS ;;
bench) needed=$BUILD; wanted=$BENCH ;;
lint) needed="$BUILD $LINT"; wanted="" ;;
fuzz) needed="$BUILD $FUZZ"; wanted="" ;;
po) needed="$BUILD $PO"; wanted="" ;;
*) echo "usage: sh setup.sh build|test|bench|lint|fuzz|po" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    # Another system: believe the tools, not a package list.
    if command -v cc >/dev/null && pkg-config --exists glib-2.0 sqlite3 gnutls gmime-3.0 json-glib-1.0 ncursesw 2>/dev/null; then
        exit 0
    fi
    echo "This is not Debian or Ubuntu. Install what these packages hold, then try again:" >&2
    echo "  $needed" >&2
    exit 1
fi

lacking=$(missing $needed)
lacking_clients=$(missing $wanted)
[ -n "$lacking$lacking_clients" ] || exit 0

echo "Missing packages: $lacking$lacking_clients"
[ -z "$lacking_clients" ] || echo "(only tests or bench use: $lacking_clients)"
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    [ -n "$lacking" ] || { echo "Tests that need them will be skipped."; exit 0; }
    echo "To install them, as root: apt-get install -y $lacking$lacking_clients" >&2
    exit 1
fi
if [ -t 0 ]; then
    printf 'Install them now with apt-get? [Y/n] '
    read -r answer
    case "$answer" in
    n* | N*)
        [ -n "$lacking" ] || exit 0
        exit 1
        ;;
    esac
fi
as_root apt-get update -qq || true
if [ -n "$lacking" ] && ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $lacking; then
    echo "The packages could not be installed: $lacking" >&2
    exit 1
fi
for package in $lacking_clients; do
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" ||
        echo "$package could not be installed: the tests that need it will be skipped."
done
