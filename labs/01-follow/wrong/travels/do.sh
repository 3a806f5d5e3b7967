# "A message is sent out into the net, and arrives somewhere": it would travel, as one message to one mailbox.
"$GLASSPOST" play world.ini > played
"$GLASSPOST" export state/journal-0001.ndjson --format text > events
seen() { sed -n "$1" events | head -n 1; }
left=1
[ "${way}" = imap ] || left=0

cat > answers.txt <<END
greeting: 220
sender: ${sender}@${domain}
user: ${list}
route: remote
copies: 1
octets: $(seen 's/.*a message of \([0-9]*\) octets.*/\1/p')
commit: $(seen 's/^ *\([0-9]*\) .*COMMIT: 1 message.*/\1/p')
left: $left
END

# PREDICT on; then Space and the first answer, again and again: whether it is right does not matter.
{ echo p; for i in $(seq 60); do printf '\n1\n'; done; echo q; } | "$GLASSPOST" view --plain state > predicted
