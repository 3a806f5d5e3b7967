#!/bin/sh
# package/man.sh - the man page glasspost(1), made from what --help says.
#
#   sh package/man.sh build/glasspost > build/glasspost.1
set -eu
program=$1

# A line of text becomes roff: a backslash is written \e, a hyphen \-, and no line begins with a dot.
roff() {
    sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\&&/"
}

# --help of one command: its usage in bold, one sentence, a paragraph an option, the rest as it stands.
command_section() {
    LC_ALL=C.UTF-8 "$program" "$1" --help | awk -v command="$1" '
        function flush_blank() { if (blank && part == "more") print ""; blank = 0 }
        $0 == ""                      { blank = 1; if (part == "skip" || part == "options") part = ""; next }
        /^Usage:$/                    { part = "skip"; next }
        /^(Help|Application) Options:$/ { part = $1 == "Help" ? "skip" : "options"; next }
        part == "skip"                { next }
        !usage                        { usage = 1; blank = 0; print "SS " command; print "B " $0; next }
        !summary                      { summary = 1; blank = 0; print "PP"; print; next }
        part == "options"             { match($0, /^  [^ ]+( [^ ]+)?/); name = substr($0, 3, RLENGTH - 2)
                                        text = substr($0, RLENGTH + 1); sub(/^ +/, "", text)
                                        print "TP"; print "B " name; print text; blank = 0; next }
        part != "more"                { part = "more"; print "PP"; print "nf"; blank = 0 }
                                      { flush_blank(); print }
        END                           { if (part == "more") print "fi" }
    ' | roff | sed -e 's/^\(SS\|B\) /.\1 /' -e 's/^\(PP\|TP\|nf\|fi\)$/.\1/'
}

cat <<EOF
.TH GLASSPOST 1 "" "glasspost $("$program" --version | cut -d' ' -f2)"
.SH NAME
glasspost \\- a mail server you can see through
.SH SYNOPSIS
.B glasspost
.I command
.RI [ argument ...]
.SH DESCRIPTION
Glasspost is a real, small mail system (SMTP, POP3, IMAP, DNS, a database, a queue, bounces) whose every step is
an event that can be followed live, stopped at, stepped through and gone back from.
Begin with
.BR "glasspost demo" ,
then
.BR "glasspost lab start 1" .
.SH COMMANDS
EOF
"$program" --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p' | while read -r command; do
    command_section "$command"
done
cat <<'EOF'
.SH EXIT STATUS
0: success. 1: the operation failed. 2: usage or configuration error; standard error says in one line what and where.
.SH SEE ALSO
.BR sqlite3 (1),
.BR dig (1),
.BR swaks (1)
EOF
