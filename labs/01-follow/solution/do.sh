# What a student does with the viewer, done by reading the same journal as text.
set -e
"$GLASSPOST" play world.ini > played
"$GLASSPOST" export state/journal-0001.ndjson --format text > events
seen() { sed -n "$1" events | head -n 1; }
left=1
[ "${way}" = imap ] || left=0

cat > answers.txt <<END
greeting: $(seen 's/.*host to client: \([0-9]*\) .*/\1/p')
sender: $(seen 's/.* \([^ ]*\) has logged in.*/\1/p')
user: $(seen 's/.* user \([^ ]*\), domain .*/\1/p')
route: local
copies: $(grep -c 'goes into INBOX' events)
octets: $(seen 's/.*a message of \([0-9]*\) octets.*/\1/p')
commit: $(seen 's/^ *\([0-9]*\) .*COMMIT: 1 message.*/\1/p')
left: $left
END

# PREDICT on; then Space and the first answer, again and again: whether it is right does not matter.
{ echo p; for i in $(seq 60); do printf '\n1\n'; done; echo q; } | "$GLASSPOST" view --plain state > predicted
