# RSET is taken for "undo": only the last RCPT is thought to be gone.
exec "$GLASSPOST" talk world.ini mx.${home}.example smtp <<END
EHLO mx.${far}.example
RCPT TO:<${user}@${home}.example>
MAIL FROM:<${sender}@${far}.example>
RCPT TO:<${wrong}@${home}.example>
RSET
RCPT TO:<${user}@${home}.example>
DATA
Subject: ${word}

Written by hand.
.
QUIT
END
