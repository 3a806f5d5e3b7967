/* tests/test_trace_words.c - the words of another language: which one, how they are found, and events'
 * sentences that are laid beside what a trace call was written with.
 */
#include <locale.h>
#include <string.h>

#include "trace/words.h"
#include "trace/words_inside.h"

static void
speak(const char *lc_all, const char *lang, const char *language)
{
    g_setenv("LC_ALL", lc_all, TRUE);
    g_unsetenv("LC_MESSAGES");
    g_setenv("LANG", lang, TRUE);
    g_setenv("LANGUAGE", language, TRUE);
    words_init();
}

static void
test_environment(void)
{
    g_test_summary("LC_ALL goes before LANG, LANGUAGE is a list of wishes, plain C stays English");
    static const struct {
        const char *lc_all, *lang, *language, *spoken;
    } cases[] = {
        { "", "de_DE.UTF-8", "", "de" },
        { "", "de", "", "de" },
        { "", "de_AT@euro", "", "de" },
        { "", "en_GB.UTF-8", "", "en" },
        { "C.UTF-8", "de_DE.UTF-8", "", "en" },
        { "C", "de_DE.UTF-8", "de", "en" },
        { "POSIX", "", "de", "en" },
        { "C.UTF-8", "", "de", "de" },
        { "", "fr_FR.UTF-8", "tlh:de:en", "de" },
        { "", "de_DE.UTF-8", "en:de", "en" },
        { "", "", "de", "en" },
        { "", "xx_XX", "", "en" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        speak(cases[i].lc_all, cases[i].lang, cases[i].language);
        g_assert_cmpstr(words_language(), ==, cases[i].spoken);
    }
}

static void
test_look_up(void)
{
    g_test_summary("a text is found in the catalogue, and what is not in it stays English");
    words_choose("de");
    g_assert_cmpstr(_("Does this user exist here?"), ==, "Gibt es diesen Benutzer hier?");
    g_assert_cmpstr(_("no text of ours"), ==, "no text of ours");
    g_assert_cmpstr(_(""), ==, "");
    g_assert_cmpstr(C_("column", "next"), ==, "wann");
    g_assert_cmpstr(_("next"), ==, "weiter");
    words_choose(NULL);
    g_assert_cmpstr(_("Does this user exist here?"), ==, "Does this user exist here?");
    g_assert_cmpstr(C_("column", "next"), ==, "next");
}

static void
test_count(void)
{
    g_test_summary("one and many, in both languages");
    words_choose("de");
    g_assert_cmpstr(ngettext("%u event", "%u events", 1), ==, "%u Ereignis");
    g_assert_cmpstr(ngettext("%u event", "%u events", 0), ==, "%u Ereignisse");
    words_choose(NULL);
    g_assert_cmpstr(ngettext("%u event", "%u events", 1), ==, "%u event");
    g_assert_cmpstr(ngettext("%u event", "%u events", 2), ==, "%u events");
}

static void
test_form(void)
{
    g_test_summary("the rules of plurals, as catalogues write them");
    static const char polish[] =
        "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n";
    static const char arabic[] = "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
                                 "n%100>=11 ? 4 : 5;";

    g_assert_cmpuint(words_form("0;", 7), ==, 0);
    g_assert_cmpuint(words_form("(n > 1);", 1), ==, 0);
    g_assert_cmpuint(words_form("(n > 1);", 2), ==, 1);
    g_assert_cmpuint(words_form(polish, 1), ==, 0);
    g_assert_cmpuint(words_form(polish, 23), ==, 1);
    g_assert_cmpuint(words_form(polish, 12), ==, 2);
    g_assert_cmpuint(words_form(polish, 112), ==, 2);
    for (guint n = 0; n < 3; n++)
        g_assert_cmpuint(words_form(arabic, n), ==, n);
    g_assert_cmpuint(words_form(arabic, 105), ==, 3);
    g_assert_cmpuint(words_form(arabic, 111), ==, 4);
    g_assert_cmpuint(words_form(arabic, 200), ==, 5);
    g_assert_cmpuint(words_form("n / 0;", 1), ==, 0);
    g_assert_cmpuint(words_form("n - 5 * 2 == 4 - 2;", 12), ==, 1);
}

static void
expect(const char *english, const char *german)
{
    g_autofree char *shown = words_sentence(english);

    g_assert_cmpstr(shown, ==, german);
}

static void
test_sentences(void)
{
    g_test_summary("a finished sentence is said again in German, with what was filled in");
    words_choose("de");
    expect("user or password is wrong; which of them is not told",
           "Benutzer oder Passwort ist falsch; was davon, wird nicht gesagt");
    expect("south.example is ours: the message stays here",
           "south.example ist unsere: die Nachricht bleibt hier");
    expect("UID 7 goes from INBOX to Old Mail in one step: it is never lost, and never in both",
           "UID 7 geht von INBOX nach Old Mail in einem Schritt: sie ist nie verloren, und nie in "
           "beiden");
    expect("Mail for a.example goes to mx.a.example at 127.0.0.3; the others are tried if that "
           "fails",
           "Mail für a.example geht an mx.a.example mit der Adresse 127.0.0.3; die anderen werden "
           "versucht, wenn das misslingt");
    expect("The name server answers for 4 zones", "Der Nameserver antwortet für 4 Zonen");
    expect("The name server answers for 1 zone", "Der Nameserver antwortet für 1 Zone");
    expect("COMMIT: 1 message, 455 octets are on the disk now",
           "COMMIT: 1 Nachricht, 455 Oktette, liegt jetzt auf der Platte");
    expect("Try 2 failed, try 3 in 1 hour", "Versuch 2 ist gescheitert, Versuch 3 in 1 Stunde");
    expect("Try 2 failed, try 3 in 1 day 4 hours",
           "Versuch 2 ist gescheitert, Versuch 3 in 1 Tag 4 Stunden");
    expect("Try 2 failed, try 3 in 2 minutes 1 second; the RFC advises 30 minutes at least, this "
           "list is shorter so that it can be watched",
           "Versuch 2 ist gescheitert, Versuch 3 in 2 Minuten 1 Sekunde; der RFC rät zu mindestens "
           "30 Minuten, diese Liste ist kürzer, damit man zusehen kann");
    expect("host to client: 250-mx.a.example greets you (and 1 more line)",
           "Host > Client: 250-mx.a.example greets you (und 1 weitere Zeile)");
    expect("host to client: 250 and (and so on", "Host > Client: 250 and (and so on");
    expect("2 things 3", "2 things 3");
    words_choose(NULL);
    expect("south.example is ours: the message stays here",
           "south.example is ours: the message stays here");
}

static void
test_clauses(void)
{
    g_test_summary("what was filled in is translated, too, where it is a text of ours");
    words_choose("de");
    expect("127.0.0.1 calls the submission port: one of our users hands a message in; its network "
           "is trusted",
           "127.0.0.1 ruft an: der Submission-Port: jemand von unseren Benutzern gibt eine "
           "Nachricht ab; seinem Netz wird vertraut");
    expect("bob@north.example has an account here", "bob@north.example hat hier ein Konto");
    expect("There is no connection to mx.a.example: 127.0.0.3 port 25: connection refused",
           "Es gibt keine Verbindung zu mx.a.example: 127.0.0.3, Port 25: Verbindung abgelehnt");
    expect("a.example is not ours: the message must travel, and all such mail goes through hub.a",
           "a.example ist nicht unsere: die Nachricht muss reisen, und alle solche Mail geht über "
           "hub.a");
}

static void
test_scenarios(void)
{
    g_test_summary("what a scenario says before and after is found, with a student's own names");
    words_choose("de");
    expect("Delivered: bob has read the message.", "Zugestellt: bob hat die Nachricht gelesen.");
    expect("anna writes to mill.example. Sort its three MX records before Space does, and bet on "
           "the host that gets the second message.",
           "anna schreibt an mill.example. Ordne die drei MX-Einträge, bevor die Leertaste es tut, "
           "und wette, welcher Host die zweite Nachricht bekommt.");
    expect("3 events that match code=503", "3 Ereignisse, auf die code=503 passt");
    expect("a scenario that somebody made", "a scenario that somebody made");
}

static void
test_labels(void)
{
    g_test_summary("an arrow's label is translated where it is words, and stays where it is not");
    static const char *const pairs[][2] = {
        { "account alice", "Konto alice" },
        { "queue 12", "Queue 12" },
        { "mailbox?", "Postfach?" },
        { "MX?", "MX?" },
        { "250", "250" },
        { "%s%n", "%s%n" },
        { "message", "Nachricht" },
        { "messenger", "messenger" },
    };

    words_choose("de");
    g_assert_null(words_label(NULL));
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *shown = words_label(pairs[i][0]);

        g_assert_cmpstr(shown, ==, pairs[i][1]);
    }
    words_choose(NULL);
    g_autofree char *english = words_label("account alice");
    g_assert_cmpstr(english, ==, "account alice");
}

static void
test_wire(void)
{
    g_test_summary("what went over the wire stays as it was said; only who said it is translated");
    words_choose("de");
    expect("client to host: EHLO south.example", "Client > Host: EHLO south.example");
    expect("host to client: 550 5.7.1 a.example is ours: the message stays here",
           "Host > Client: 550 5.7.1 a.example is ours: the message stays here");
    expect("host to reader: message 3, 700 octets", "Host an Leser: Nachricht 3, 700 Oktette");
    expect("clients to hosts: who?", "clients to hosts: who?");
}

static void
test_not_ours(void)
{
    g_test_summary("a sentence of another program or version stays as it is");
    words_choose("de");
    expect("", "");
    expect("this is that", "this is that");
    expect("%s", "%s");
    expect("a: b", "a: b");
    expect("UID x goes from a to b in one step: it is never lost, and never in both",
           "UID x goes from a to b in one step: it is never lost, and never in both");
}

/* As long as it may be, of pieces that fit many templates: the time is bounded by the searches. */
static void
test_hostile(void)
{
    g_test_summary("a stranger's text does no harm: formats, half templates, a text without end");
    static const char *const pieces[] = { "%s%n%9999d ", "a is b: ", " goes to ", "\xff\xfe",
                                          ", and all such mail goes through " };

    words_choose("de");
    expect("%n%n%n is ours: the message stays here",
           "%n%n%n ist unsere: die Nachricht bleibt hier");
    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint times = 0; text->len < 6000; times++) {
            g_autofree char *shown = words_sentence(text->str);

            g_assert_nonnull(shown);
            for (guint more = 0; more < 40; more++)
                g_string_append(text, pieces[i]);
        }
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    if (words_languages[0].name == NULL) {
        g_print("1..0 # SKIP built without msgfmt: there is no catalogue\n");
        return 0;
    }
    g_test_add_func("/trace/words/environment", test_environment);
    g_test_add_func("/trace/words/look-up", test_look_up);
    g_test_add_func("/trace/words/count", test_count);
    g_test_add_func("/trace/words/form", test_form);
    g_test_add_func("/trace/words/sentences", test_sentences);
    g_test_add_func("/trace/words/clauses", test_clauses);
    g_test_add_func("/trace/words/scenarios", test_scenarios);
    g_test_add_func("/trace/words/labels", test_labels);
    g_test_add_func("/trace/words/wire", test_wire);
    g_test_add_func("/trace/words/not-ours", test_not_ours);
    g_test_add_func("/trace/words/hostile", test_hostile);
    return g_test_run();
}
