# "Read is read": the reader's program is thought to do the contrary of what it did. And the first number on the
# screen is taken for the greeting, which is a reply: the server's first words come before any command.
"$GLASSPOST" play world.ini > played
"$GLASSPOST" export state/journal-0001.ndjson --format text > events
seen() { sed -n "$1" events | head -n 1; }
left=0
[ "${way}" = imap ] || left=1

cat > answers.txt <<END
greeting: 250
sender: ${sender}@${domain}
user: ${reader}
route: local
copies: $(grep -c 'goes into INBOX' events)
octets: $(seen 's/.*a message of \([0-9]*\) octets.*/\1/p')
commit: $(seen 's/^ *\([0-9]*\) .*COMMIT: 1 message.*/\1/p')
left: $left
END

# PREDICT on; then Space and the first answer, again and again: whether it is right does not matter.
{ echo p; for i in $(seq 60); do printf '\n1\n'; done; echo q; } | "$GLASSPOST" view --plain state > predicted
