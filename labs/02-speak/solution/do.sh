# What a student types into `glasspost talk`.
exec "$GLASSPOST" talk world.ini mx.${home}.example smtp <<END
EHLO mx.${far}.example
RCPT TO:<${user}@${home}.example>
MAIL FROM:<${sender}@${far}.example>
RCPT TO:<${wrong}@${home}.example>
RSET
MAIL FROM:<${sender}@${far}.example>
RCPT TO:<${user}@${home}.example>
DATA
Subject: ${word}

Written by hand.
.
QUIT
END
