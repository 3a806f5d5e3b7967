#!/bin/sh
# tests/test_house.sh - what a comment or a README sends its reader to is there.
number=0
failed=0

check() {
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number $1"
    else
        echo "not ok $number $1"
        echo "$2" | sed 's/^/# missing: /'
        failed=1
    fi
}

sources() {
    find smtp pop3 imap dns storage trace net app tests labs -name '*.[ch]' -o -name '*.md' | sort
}

missing() {
    while read -r file; do
        [ -e "$file" ] || echo "$file"
    done
}

check "every test that is named exists" \
    "$(sources | xargs grep -ho 'tests/[a-z_0-9/-]*\.\(c\|h\|py\|sh\|txt\)' | sort -u | missing)"
check "every source that a comment starts its reader at exists" \
    "$(sources | grep -v '^tests/' | xargs grep -how '\(smtp\|pop3\|imap\|dns\|storage\|net\|app\|trace\)/[a-z_0-9/]*\.\(c\|h\|sql\)' | sort -u | missing)"
echo "1..$number"
exit $failed
