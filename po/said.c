/* po/said.c - sentences and parts of sentences that stand nowhere in one piece. For xgettext alone.
 *
 * dns/asking.c and dns/verdict.c put a sentence together around a name and a type: here it is whole. A reply's
 * text becomes the reason of a try that failed. tests/test_words.py sees what is missing here.
 */
N_("Asking DNS which hosts accept mail for %s (record type %s)%s")
N_("Asking DNS for the IPv4 addresses of %s (record type %s)%s")
N_("Asking DNS for the IPv6 addresses of %s (record type %s)%s")
N_("Asking DNS for the texts published at %s (record type %s)%s")
N_("Asking DNS which name belongs to %s (record type %s)%s")
N_("Asking DNS what is meant by the alias %s (record type %s)%s")
N_("Asking DNS for the name servers of %s (record type %s)%s")
N_("Asking DNS who is in charge of the zone %s (record type %s)%s")
N_("Asking DNS for everything about %s (record type %s)%s")
N_("An answer that repeats our id and question, so it is believed: %s, type %s: %s")
N_("The name %s exists, but it has no %s record. That is final")
N_("There is no such name as %s, so it has no %s record either. That is final")
N_("The name server could not say what %s has as %s. That does not mean no: try again later")
N_("Nobody answered for %s, type %s. That does not mean no: try again later")
N_("What came for %s, type %s, cannot be believed. That does not mean no: try again later")
N_("%s could not be reached (%s)")
N_("%s has not been reached yet (%s)")
N_("%s is up to the next host now (%s)")
N_("%s stands for several (%s)")
N_("%s has it in the mailbox (%s)")
N_("%s (at %s)")
N_("the connection: %s")
N_("%s and %u more")
N_("and %u more")
N_("%s and %s")
N_("the server hung up (at %s)")
N_("database of %s: %s")
N_("database is locked")
N_("database or disk is full")
N_("what was written is lost")
N_("failure")
N_("delay")
N_("success")
/* one and many; a report or a list counts what it tells */
ngettext("COMMIT: %u message, %lu octets are on the disk now",
         "COMMIT: %u messages, %lu octets are on the disk now", 0)
ngettext("The database is asked for %s: %u row", "The database is asked for %s: %u rows", 0)
ngettext("%u message from UID %u to %u is out of %s; no other message will ever have their UIDs",
         "%u messages from UID %u to %u are out of %s; no other message will ever have their UIDs", 0)
ngettext("every mark of DELE is taken back: all %u message stays on the server",
         "every mark of DELE is taken back: all %u messages stay on the server", 0)
ngettext("%u message is here, maildrop locked: %s has logged in, and nobody else can read it by POP3 meanwhile "
         "(state TRANSACTION)",
         "%u messages are here, maildrop locked: %s has logged in, and nobody else can read it by POP3 "
         "meanwhile (state TRANSACTION)", 0)
ngettext("%u message is gone from the server, %u stay%s: what is gone lies only where it was downloaded to. "
         "The maildrop is unlocked",
         "%u messages are gone from the server, %u stay%s: what is gone lies only where it was downloaded to. "
         "The maildrop is unlocked", 0)
ngettext("nothing is removed, %u message stays on the server: DELE marked none. The maildrop is unlocked",
         "nothing is removed, %u messages stay on the server: DELE marked none. The maildrop is unlocked", 0)
ngettext("%u message in %s, open%s for %s: nothing is downloaded yet. Each has a number for this session, and "
         "a UID for ever (IMAP)%s",
         "%u messages in %s, open%s for %s: nothing is downloaded yet. Each has a number for this session, and "
         "a UID for ever (IMAP)%s", 0)
ngettext("what %s wants to know of %u message goes back; the messages stay, and nothing about them changes",
         "what %s wants to know of %u messages goes back; the messages stay, and nothing about them changes", 0)
ngettext("%s has read %u message by %s", "%s has read %u messages by %s", 0)
ngettext("The name server answers for %u zone", "The name server answers for %u zones", 0)
ngettext("The name server has read anew its %u zone", "The name server has read anew its %u zones", 0)
ngettext("%u header field came that looks like one of ours (X-Glasspost-...): anybody can write such a line, "
         "so it is renamed X-Elsewhere-...",
         "%u header fields came, each like one of ours (X-Glasspost-...): anybody can write such a line, so it "
         "is renamed X-Elsewhere-...", 0)
ngettext("%u minute", "%u minutes", 0)
ngettext("%u hour", "%u hours", 0)
ngettext("%u day", "%u days", 0)
ngettext("%u second", "%u seconds", 0)
N_("%s port %u: %s")
/* what a lab's check wants and finds */
ngettext("%lu event that matches %s", "%lu events that match %s", 0)
ngettext("at least %lu event that matches %s", "at least %lu events that match %s", 0)
ngettext("at most %lu event that matches %s", "at most %lu events that match %s", 0)
ngettext("%u: event %s", "%u: events %s", 0)
N_("%s and more")
ngettext("%lu decision predicted in your journal%s: p in the viewer asks for them",
         "%lu decisions predicted in your journal%s: p in the viewer asks for them", 0)
/* a reply of several lines */
ngettext("(and %u more line)", "(and %u more lines)", 0)
/* how a code is to be seen: the explain pages put it together around a command line */
N_("Serve labs/demo/world.ini, then: %s")
N_("Serve labs/demo/world.ini, then: %s, and send a message.")
N_("Serve labs/demo/world.ini, then: %s, and send a message (glasspost send).")
N_("Serve labs/demo/world.ini, then: %s; type %s.")
N_("Serve labs/demo/world.ini, then: %s; type %s, then %s.")
N_("Serve labs/demo/world.ini, then: %s; type %s at once.")
N_("Serve labs/demo/world.ini, then: %s, twice; in both type %s, then %s.")
N_("%s (alice, with the password: wrong)")
N_("%u minutes; the RFC advises 30 minutes at least, this list is shorter so that it can be watched")
N_("found")
N_("no data")
N_("bad answer")
N_("this domain does not exist")
N_("this domain takes no mail")
N_("no host takes mail for this domain")
N_("the mailbox is full")
