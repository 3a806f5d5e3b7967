# "The 250 is what makes it safe": the receipt is taken for the thing. And what is on the disk (with the line that the
# server added) for what was handed over; and the account's name for the address.
"$GLASSPOST" play world.ini > played
"$GLASSPOST" export state/journal-0001.ndjson --format text > events
seen() { sed -n "$1" events | head -n 1; }
left=1
[ "${way}" = imap ] || left=0

cat > answers.txt <<END
greeting: 220
sender: ${sender}@${domain}
user: ${list}
route: local
copies: $(grep -c 'goes into INBOX' events)
octets: $(seen 's/.*COMMIT: 1 message, \([0-9]*\) octets.*/\1/p')
commit: $(seen 's/^ *\([0-9]*\) .*250 2.6.0 message accepted.*/\1/p')
left: $left
END

# PREDICT on; then Space and the first answer, again and again: whether it is right does not matter.
{ echo p; for i in $(seq 60); do printf '\n1\n'; done; echo q; } | "$GLASSPOST" view --plain state > predicted
