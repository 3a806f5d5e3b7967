# RSET "to be on the safe side" at the beginning; then the second recipient is added to the first.
exec "$GLASSPOST" talk world.ini mx.${home}.example smtp <<END
EHLO mx.${far}.example
RCPT TO:<${user}@${home}.example>
RSET
MAIL FROM:<${sender}@${far}.example>
RCPT TO:<${wrong}@${home}.example>
RCPT TO:<${user}@${home}.example>
DATA
Subject: ${word}

Written by hand.
.
QUIT
END
