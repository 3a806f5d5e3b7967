/* app/explain_hops.c - the way of a message, read from its Received lines, on a page.
 *
 * Each server puts its line on top, so the way is read from the bottom up. Nothing in a message is
 * trusted: values are shown escaped and cut, and what can't be read is shown as that.
 *
 * Start reading at app_explain_message().
 * Tests: tests/test_app_explain_hops.c
 */
#include "app/explain.h"

#include <string.h>

#include "app/explain_hops.h"
#include "trace/redact.h"
#include "trace/words.h"

#define APP_EXPLAIN_VALUE_MAX 400 /* octets of one value that are shown */
#define APP_EXPLAIN_LINES_MAX 20  /* lines that are shown as found */

/* ---- header fields ---- */

/* The end of the line that starts at @at, behind its LF. */
static const char *
app_explain_line_end(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (gsize)(end - at));

    return feed == NULL ? end : feed + 1;
}

/* The field that starts at @at goes on as long as lines begin with a space (RFC 5322 §2.2.3). */
static const char *
app_explain_field_end(const char *at, const char *end)
{
    do
        at = app_explain_line_end(at, end);
    while (at < end && (*at == ' ' || *at == '\t'));
    return at;
}

/* The value on one line: white space of any length is one space, a NUL is U+FFFD. */
static char *
app_explain_unfold(const char *at, const char *end)
{
    GString *value = g_string_new(NULL);

    for (; at < end; at++) {
        if (*at == '\0')
            g_string_append(value, "\xef\xbf\xbd");
        else if (strchr(" \t\r\n", *at) == NULL)
            g_string_append_c(value, *at);
        else if (value->len > 0 && value->str[value->len - 1] != ' ')
            g_string_append_c(value, ' ');
    }
    if (value->len > 0 && value->str[value->len - 1] == ' ')
        g_string_truncate(value, value->len - 1);
    return g_string_free(value, FALSE);
}

/* The length of the field's name at @at; 0: this line is no field. */
static gsize
app_explain_name(const char *at, const char *end)
{
    gsize length = 0;

    while (at + length < end && g_ascii_isgraph(at[length]) && at[length] != ':')
        length++;
    return at + length < end && at[length] == ':' ? length : 0;
}

/* ---- on the page ---- */

static void
app_explain_shown(GString *out, const char *label, const char *value, const char *more)
{
    g_autoptr(GString) safe = g_string_new(NULL);

    trace_safe_append(safe, value, -1, APP_EXPLAIN_VALUE_MAX, FALSE);
    g_string_append(safe, more);
    app_explain_line(out, label, safe->str);
}

/* RFC 3848 §1 and the registry of mail transmission types. */
static const struct {
    const char *name;
    const char *means;
} protocols[] = {
    { "SMTP", N_(": plain SMTP (HELO)") },
    { "ESMTP", N_(": extended SMTP (EHLO), not encrypted") },
    { "ESMTPA", N_(": the sender has logged in, not encrypted") },
    { "ESMTPS", N_(": encrypted (TLS)") },
    { "ESMTPSA", N_(": encrypted (TLS), and the sender has logged in") },
    { "LMTP", N_(": handed to the server of the mailboxes") },
    { "LMTPA", N_(": handed to the server of the mailboxes, after a login") },
    { "LMTPS", N_(": handed to the server of the mailboxes, encrypted (TLS)") },
    { "LMTPSA", N_(": handed to the server of the mailboxes, encrypted, after a login") },
    { "UTF8SMTP", N_(": with addresses beyond ASCII, not encrypted") },
    { "UTF8SMTPA", N_(": with addresses beyond ASCII; the sender has logged in, not encrypted") },
    { "UTF8SMTPS", N_(": with addresses beyond ASCII, encrypted (TLS)") },
    { "UTF8SMTPSA", N_(": with addresses beyond ASCII, encrypted, and the sender has logged in") },
    { "HTTP", N_(": handed in by web") },
    { "HTTPS", N_(": handed in by web, encrypted") },
    { "LOCAL", N_(": handed in on that host itself") },
};

static const char *
app_explain_protocol(const char *with)
{
    gsize length = strcspn(with, " ");

    for (guint i = 0; i < G_N_ELEMENTS(protocols); i++)
        if (app_explain_is(with, length, protocols[i].name))
            return _(protocols[i].means);
    return "";
}

static char *
app_explain_utc(gint64 when_s)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(when_s);

    g_assert(when != NULL); /* app_explain_date() reads no year that GDateTime does not */
    return g_date_time_format(when, " = %Y-%m-%d %H:%M:%S UTC");
}

static void
app_explain_when(GString *out, const char *label, const char *date)
{
    gint64 when_s;
    g_autofree char *utc = app_explain_date(date, &when_s) ? app_explain_utc(when_s) : NULL;

    if (*date == '\0')
        app_explain_line(out, label, "(no date)");
    else
        app_explain_shown(out, label, date, utc != NULL ? utc : _(" (can't be read as a date)"));
}

static void
app_explain_hop_show(const AppExplainHop *hop, guint number, GString *out)
{
    g_autofree char *numbered = g_strdup_printf("%2u ", number);
    gboolean first = TRUE;

    for (guint i = 0; i < APP_EXPLAIN_CLAUSES; i++) {
        if (hop->clauses[i] == NULL)
            continue;
        g_autofree char *label =
            g_strconcat(first ? numbered : "   ", app_explain_clause_words[i], NULL);
        const char *value = hop->clauses[i]->str;

        app_explain_shown(out, label, value,
                          i == APP_EXPLAIN_WITH ? app_explain_protocol(value) : "");
        first = FALSE;
    }
    g_autofree char *at = g_strconcat(first ? numbered : "   ", "at", NULL);
    app_explain_when(out, at, hop->date);
    if (hop->notes->len > 0)
        app_explain_shown(out, "   note", hop->notes->str, "");
}

/* "2 h 5 min", at most two units. */
static char *
app_explain_duration(gint64 span_s)
{
    static const struct {
        gint64 seconds;
        const char *name;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    gint64 left_s = ABS(span_s);
    guint i = 0;

    while (i + 1 < G_N_ELEMENTS(units) && left_s < units[i].seconds)
        i++;
    const char *sign = span_s < 0 ? "-" : "";
    gint64 whole = left_s / units[i].seconds;
    gint64 rest =
        i + 1 < G_N_ELEMENTS(units) ? left_s % units[i].seconds / units[i + 1].seconds : 0;

    if (rest == 0)
        return g_strdup_printf("%s%" G_GINT64_FORMAT " %s", sign, whole, units[i].name);
    return g_strdup_printf("%s%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s", sign, whole,
                           units[i].name, rest, units[i + 1].name);
}

/* A message can't arrive before it is sent: a negative delay is two clocks that differ. */
static void
app_explain_delay(gboolean known, gint64 delay_s, GString *out)
{
    g_autofree char *span = app_explain_duration(delay_s);
    g_autofree char *text = NULL;

    if (!known)
        text = g_strdup(_("delay unknown: it takes a readable date on both sides"));
    else if (delay_s < 0)
        text =
            g_strdup_printf(_("%s: clock difference. The two hosts' clocks are at least this much "
                              "apart"),
                            span);
    else
        text = g_strdup_printf("%s", span);
    app_explain_line(out, "   v", text);
}

/* ---- the whole message ---- */

typedef struct AppExplainMail {
    GPtrArray *hops; /* AppExplainHop, newest first, as they stand in the message */
    guint older;     /* Received lines beyond APP_EXPLAIN_HOPS_MAX */
    GString *shown;  /* the lines that are shown as found */
    guint lines;     /* how many these are */
    char *date;      /* of the Date line; NULL: none */
    guint fields;
} AppExplainMail;

/* Fields that are shown as found, beside Date; ended by NULL. */
static const char *const shown_fields[] = { "Return-Path", "Message-ID", "Authentication-Results",
                                            NULL };

static void
app_explain_field(AppExplainMail *mail, const char *at, gsize name, const char *end)
{
    g_autofree char *value = app_explain_unfold(at + name + 1, end);

    mail->fields++;
    if (app_explain_is(at, name, "Received")) {
        if (mail->hops->len < APP_EXPLAIN_HOPS_MAX)
            g_ptr_array_add(mail->hops, app_explain_hop_parse(value));
        else
            mail->older++;
    } else if (app_explain_is(at, name, "Date") && mail->date == NULL) {
        mail->date = g_steal_pointer(&value);
    }
    for (guint i = 0; value != NULL && shown_fields[i] != NULL; i++) {
        if (!app_explain_is(at, name, shown_fields[i]) || mail->lines >= APP_EXPLAIN_LINES_MAX)
            continue;
        g_autofree char *label = g_strconcat(shown_fields[i], ":", NULL);

        app_explain_shown(mail->shown, label, value, "");
        mail->lines++;
    }
}

/* Up to the empty line between headers and body. What is no field (the "From " of an mbox file) is
 * passed over. */
static void
app_explain_fields(AppExplainMail *mail, const char *at, const char *end)
{
    while (at < end && *at != '\n' && !(*at == '\r' && at + 1 < end && at[1] == '\n')) {
        const char *next = app_explain_field_end(at, end);
        gsize name = app_explain_name(at, next);

        if (name > 0)
            app_explain_field(mail, at, name, next);
        at = next;
    }
}

static const AppExplainHop *
app_explain_hop(const AppExplainMail *mail, guint oldest_first)
{
    return g_ptr_array_index(mail->hops, mail->hops->len - 1 - oldest_first);
}

/* "3 hops, oldest first; 6 s in all; longest wait: 4 s, before hop 3". */
static void
app_explain_summary(const AppExplainMail *mail, GString *out)
{
    guint count = mail->hops->len, longest = 0;
    const AppExplainHop *first = app_explain_hop(mail, 0), *last = app_explain_hop(mail, count - 1);
    gint64 wait_s = 0;
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, ngettext("%u hop, oldest first", "%u hops, oldest first", count),
                           count);
    for (guint i = 1; i < count; i++) {
        const AppExplainHop *before = app_explain_hop(mail, i - 1), *hop = app_explain_hop(mail, i);

        if (!before->timed || !hop->timed || hop->when_s - before->when_s <= wait_s)
            continue;
        wait_s = hop->when_s - before->when_s;
        longest = i;
    }
    if (count > 1 && first->timed && last->timed && last->when_s >= first->when_s) {
        g_autofree char *all = app_explain_duration(last->when_s - first->when_s);

        g_string_append_printf(text, _("; %s in all"), all);
    }
    if (longest > 0) {
        g_autofree char *wait = app_explain_duration(wait_s);

        g_string_append_printf(text, _("; longest wait: %s, before hop %u"), wait, longest + 1);
    }
    app_explain_line(out, "The way:", text->str);
    if (mail->older > 0) {
        g_autofree char *left = g_strdup_printf(
            _("%u older ones are left out. So many look like a loop (RFC 5321 §6.3)"), mail->older);

        app_explain_line(out, "", left);
    }
    g_string_append_c(out, '\n');
}

static void
app_explain_way(const AppExplainMail *mail, GString *out)
{
    gint64 written_s = 0;
    gboolean written = mail->date != NULL && app_explain_date(mail->date, &written_s);

    if (mail->date != NULL)
        app_explain_when(out, " 0 Date", mail->date);
    for (guint i = 0; i < mail->hops->len; i++) {
        const AppExplainHop *hop = app_explain_hop(mail, i);
        const AppExplainHop *before = i > 0 ? app_explain_hop(mail, i - 1) : NULL;

        /* The line before the oldest one may have been left out: then nothing is known of it. */
        if (before != NULL)
            app_explain_delay(before->timed && hop->timed, hop->when_s - before->when_s, out);
        else if (mail->date != NULL && mail->older == 0)
            app_explain_delay(written && hop->timed, hop->when_s - written_s, out);
        app_explain_hop_show(hop, i + 1, out);
    }
}

static void
app_explain_mail(const AppExplainMail *mail, GString *out)
{
    if (mail->shown->len > 0)
        g_string_append_printf(out, "%s\n", mail->shown->str);
    if (mail->hops->len > 0)
        app_explain_summary(mail, out);
    app_explain_way(mail, out);
    g_string_append_c(out, '\n');
    app_explain_line(
        out, "Trust",
        mail->hops->len > 0
            ? "Behind \"from\" stands the name that the client gave itself, then, in "
              "brackets, what the server saw. Each server adds its line on top and "
              "changes none below. So the lines of servers you trust are sure; whoever "
              "sent the message could have written the ones below."
            : "No Received line: the message has not travelled by SMTP yet, or somebody "
              "has removed them.");
    app_explain_line(out, "Rule", "RFC 5321 §4.4");
}

gboolean
app_explain_message(const char *octets, gsize length, GString *out)
{
    GDestroyNotify hop_free = (GDestroyNotify)app_explain_hop_free;
    AppExplainMail mail = { .hops = g_ptr_array_new_with_free_func(hop_free),
                            .shown = g_string_new(NULL) };

    app_explain_fields(&mail, octets, octets + MIN(length, APP_EXPLAIN_HEADERS_MAX));
    if (mail.fields > 0)
        app_explain_mail(&mail, out);
    g_ptr_array_unref(mail.hops);
    g_string_free(mail.shown, TRUE);
    g_free(mail.date);
    return mail.fields > 0;
}
