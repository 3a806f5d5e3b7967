/* trace/fault.c - things that go wrong on purpose: the table, and what is armed.
 *
 * The table below is the only list of fault points: the fault menu, `ctl faults` and the documents
 * are made from it. Adding one: a line here, a story in tests/test_faults.c, and at its place in the
 * code
 *
 *     const TraceFault *fault = trace_fault(trace, STAGE_DNS, "dns-timeout");
 *
 * Start reading at trace_fault().
 * Tests: tests/test_trace_fault.c, tests/test_faults.c (what the server then does)
 */
#include "trace/fault.h"

#include <gio/gio.h>
#include <string.h>

#include "trace/redact.h"
#include "trace/words.h"

#define TRACE_FAULTS_MAX      100 /* armed at once */
#define TRACE_FAULT_LINE_MAX  512
#define TRACE_FAULT_COUNT_MAX 1000000

/* clang-format off */
static const TraceFaultPoint points[] = {
    /* name                  stage            parameter                fallback  does */
    { "greeting-slow",       STAGE_CONNECT,   N_("seconds"),               "30",  N_("the server greets a caller only after a while") },
    { "tls-refused",         STAGE_CONNECT,   NULL,                    NULL,  N_("the server offers TLS, and answers STARTTLS with 454: not now") },
    { "tls-cut",             STAGE_CONNECT,   NULL,                    NULL,  N_("the server agrees to TLS and hangs up in the handshake") },
    { "dns-timeout",         STAGE_DNS,       NULL,                    NULL,  N_("the question gets no answer") },
    { "dns-nxdomain",        STAGE_DNS,       NULL,                    NULL,  N_("the answer is that the name does not exist") },
    { "dns-servfail",        STAGE_DNS,       NULL,                    NULL,  N_("the name server says that it cannot say") },
    { "dns-late",            STAGE_DNS,       N_("seconds"),               "5",   N_("the answer comes late; from 5 seconds on it is another try's turn, and its old id is refused") },
    { "dns-lie",             STAGE_DNS,       N_("an address or a host"),  "127.0.0.66", N_("somebody else answers first, with an address or a host of his own") },
    { "connect-refused",     STAGE_RELAY,     NULL,                    NULL,  N_("the next host does not listen") },
    { "connect-timeout",     STAGE_RELAY,     NULL,                    NULL,  N_("the next host does not react at all") },
    { "connect-reset",       STAGE_RELAY,     NULL,                    NULL,  N_("the next host breaks the connection off") },
    { "connect-slow",        STAGE_RELAY,     N_("seconds"),               "5",   N_("the connection takes a while to stand") },
    { "tls-unproven",        STAGE_RELAY,     NULL,                    NULL,  N_("the next host's certificate does not prove who it is") },
    { "command-4xx",         STAGE_NONE,      N_("the reply code"),        "451", N_("a command is answered: not now") },
    { "command-5xx",         STAGE_NONE,      N_("the reply code"),        "554", N_("a command is answered: never") },
    { "command-421",         STAGE_NONE,      NULL,                    NULL,  N_("the server answers a command with good-bye and closes") },
    { "command-cut",         STAGE_NONE,      NULL,                    NULL,  N_("the connection breaks after a command, before its reply") },
    { "data-cut",            STAGE_STORE,     N_("octets"),                "100", N_("the connection breaks in the middle of the message") },
    { "reply-lost",          STAGE_STORE,     NULL,                    NULL,  N_("stored, but the 250 never arrives: the sender sends it again (RFC 1047)") },
    { "store-busy",          STAGE_STORE,     NULL,                    NULL,  N_("somebody else has the database locked") },
    { "store-full",          STAGE_STORE,     NULL,                    NULL,  N_("the disk is full at the commit") },
    { "crash-before-commit", STAGE_STORE,     NULL,                    NULL,  N_("the host dies just before the commit: what was written is lost") },
    { "crash-after-commit",  STAGE_STORE,     NULL,                    NULL,  N_("the host dies just after the commit: stored, not acknowledged, so it is sent again (RFC 1047)") },
    { "mailbox-full",        STAGE_RECIPIENT, NULL,                    NULL,  N_("the user's mailbox has no room") },
    { "clock-jump",          STAGE_NONE,      N_("seconds"),               "3600", N_("the world's clock jumps forward") },
    { NULL,                  STAGE_NONE,      NULL,                    NULL,  NULL },
};
/* clang-format on */

typedef enum {
    FAULT_NTH,    /* the number-th time only */
    FAULT_ALWAYS, /* each time */
    FAULT_CHANCE, /* with number per cent of probability */
} FaultOccurrence;

typedef struct FaultArmed {
    const TraceFaultPoint *point;
    char *line;  /* as it was armed */
    char *host;  /* NULL: any */
    Stage stage; /* STAGE_NONE: any */
    char *value; /* never NULL */
    FaultOccurrence occurrence;
    guint number;
    guint asked; /* how often the point was reached */
    guint fired;
} FaultArmed;

struct TraceFaults {
    double (*chance)(void *data);
    void *data;
    GPtrArray *armed;  /* FaultArmed, in the order they were armed */
    TraceFault answer; /* what the last question got */
    char *parameter;   /* of answer */
};

const TraceFaultPoint *
trace_fault_points(void)
{
    return points;
}

static const TraceFaultPoint *
trace_fault_point(const char *name)
{
    for (guint i = 0; points[i].name != NULL; i++) {
        if (strcmp(points[i].name, name) == 0)
            return &points[i];
    }
    return NULL;
}

static void
trace_fault_armed_free(gpointer data)
{
    FaultArmed *armed = data;

    g_free(armed->line);
    g_free(armed->host);
    g_free(armed->value);
    g_free(armed);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FaultArmed, trace_fault_armed_free)

TraceFaults *
trace_faults_new(double (*chance)(void *data), void *data)
{
    TraceFaults *faults = g_new0(TraceFaults, 1);

    faults->chance = chance;
    faults->data = data;
    faults->armed = g_ptr_array_new_with_free_func(trace_fault_armed_free);
    return faults;
}

void
trace_faults_free(TraceFaults *faults)
{
    if (faults == NULL)
        return;
    g_ptr_array_unref(faults->armed);
    g_free(faults->parameter);
    g_free(faults);
}

/* ---- arming ---- */

/* "first", "always", "3", "25%". */
static gboolean
trace_fault_occurrence(FaultArmed *armed, const char *text)
{
    guint64 number = 0;
    gboolean percent = g_str_has_suffix(text, "%");
    g_autofree char *digits = g_strndup(text, strlen(text) - (percent ? 1 : 0));

    armed->occurrence = FAULT_NTH;
    armed->number = 1;
    if (strcmp(text, "first") == 0)
        return TRUE;
    if (strcmp(text, "always") == 0) {
        armed->occurrence = FAULT_ALWAYS;
        return TRUE;
    }
    if (strspn(digits, "0123456789") != strlen(digits) ||
        !g_ascii_string_to_unsigned(digits, 10, percent ? 0 : 1,
                                    percent ? 100 : TRACE_FAULT_COUNT_MAX, &number, NULL))
        return FALSE;
    armed->occurrence = percent ? FAULT_CHANCE : FAULT_NTH;
    armed->number = (guint)number;
    return TRUE;
}

/* A point that one stage asks at would never fire at another. */
static gboolean
trace_fault_narrow(FaultArmed *armed, const char *name, GError **error)
{
    armed->stage = stage_from_name(name);
    if (armed->point->stage == STAGE_NONE || armed->stage == armed->point->stage)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "fault %s happens at stage %s only, not at %s", armed->point->name,
                stage_name(armed->point->stage), name);
    return FALSE;
}

/* One KEY=VALUE of the line. */
static gboolean
trace_fault_option(FaultArmed *armed, const char *word, GError **error)
{
    const char *equals = strchr(word, '=');
    const char *value = equals == NULL ? "" : equals + 1;

    if (g_str_has_prefix(word, "host=")) {
        g_free(armed->host);
        armed->host = g_strdup(value);
        return TRUE;
    }
    if (g_str_has_prefix(word, "value=") && armed->point->parameter != NULL) {
        g_free(armed->value);
        armed->value = g_strdup(value);
        return TRUE;
    }
    if (g_str_has_prefix(word, "stage=") && stage_from_name(value) != STAGE_NONE)
        return trace_fault_narrow(armed, value, error);
    if (g_str_has_prefix(word, "occurrence=") && trace_fault_occurrence(armed, value))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "fault %s: '%s' is not understood; it takes host=H stage=S "
                "occurrence=first|always|N|P%%%s%s",
                armed->point->name, word, armed->point->parameter == NULL ? "" : " value=",
                armed->point->parameter == NULL ? "" : armed->point->parameter);
    return FALSE;
}

gboolean
trace_faults_arm(TraceFaults *faults, const char *line, GError **error)
{
    g_auto(GStrv) words = NULL;

    if (strlen(line) > TRACE_FAULT_LINE_MAX || faults->armed->len >= TRACE_FAULTS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "a fault has at most %d octets, and at most %d are armed", TRACE_FAULT_LINE_MAX,
                    TRACE_FAULTS_MAX);
        return FALSE;
    }
    words = g_strsplit(line, " ", -1);
    const TraceFaultPoint *point = words[0] == NULL ? NULL : trace_fault_point(words[0]);
    if (point == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "there is no fault point '%s' (`faults` lists them)",
                    words[0] == NULL ? "" : words[0]);
        return FALSE;
    }
    g_autoptr(FaultArmed) armed = g_new0(FaultArmed, 1);
    armed->point = point;
    armed->line = g_strdup(line);
    armed->value = g_strdup(point->fallback == NULL ? "" : point->fallback);
    armed->occurrence = FAULT_NTH;
    armed->number = 1;
    for (guint i = 1; words[i] != NULL; i++) {
        if (*words[i] != '\0' && !trace_fault_option(armed, words[i], error))
            return FALSE;
    }
    g_ptr_array_add(faults->armed, g_steal_pointer(&armed));
    return TRUE;
}

void
trace_faults_clear(TraceFaults *faults)
{
    g_ptr_array_set_size(faults->armed, 0);
}

char *
trace_faults_json(const TraceFaults *faults)
{
    GString *json = g_string_new("[");

    for (guint i = 0; i < faults->armed->len; i++) {
        const FaultArmed *armed = g_ptr_array_index(faults->armed, i);

        g_string_append_printf(json, "%s{\"point\":\"%s\",\"line\":", i == 0 ? "" : ",",
                               armed->point->name);
        trace_safe_append_json(json, armed->line, -1, TRACE_FAULT_LINE_MAX);
        g_string_append_printf(json, ",\"asked\":%u,\"fired\":%u}", armed->asked, armed->fired);
    }
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

/* ---- firing ---- */

static gboolean
trace_fault_is_turn(TraceFaults *faults, FaultArmed *armed)
{
    armed->asked++;
    switch (armed->occurrence) {
    case FAULT_NTH: return armed->asked == armed->number;
    case FAULT_ALWAYS: return TRUE;
    case FAULT_CHANCE: return faults->chance(faults->data) * 100 < armed->number;
    }
    return FALSE;
}

static const TraceFault *
trace_fault_fire(Trace *trace, Stage stage, TraceFaults *faults, FaultArmed *armed)
{
    armed->fired++;
    g_free(faults->parameter);
    faults->parameter = g_strdup(armed->value);
    faults->answer = (TraceFault){ .point = armed->point->name, .parameter = faults->parameter };
    trace_put_text(trace, "point", armed->point->name);
    if (*armed->value != '\0')
        trace_put_text(trace, "value", armed->value);
    trace_put_number(trace, "asked", armed->asked);
    trace_emit(trace, TRACE_FAULT, stage, NULL, TRACE_HERE, "fault %s: %s", armed->point->name,
               armed->point->does);
    return &faults->answer;
}

/* The world itself speaks without a host: what happens to it (clock-jump) happens to all. */
static gboolean
trace_fault_is_meant(const FaultArmed *armed, const Trace *trace, Stage stage, const char *point)
{
    const char *host = trace_host(trace);

    return strcmp(armed->point->name, point) == 0 &&
           (armed->stage == STAGE_NONE || armed->stage == stage) &&
           (armed->host == NULL || host == NULL || g_ascii_strcasecmp(armed->host, host) == 0);
}

const TraceFault *
trace_fault(Trace *trace, Stage stage, const char *point)
{
    TraceFaults *faults = tracer_faults(trace_tracer(trace));

    if (faults == NULL)
        return NULL;
    for (guint i = 0; i < faults->armed->len; i++) {
        FaultArmed *armed = g_ptr_array_index(faults->armed, i);

        if (trace_fault_is_meant(armed, trace, stage, point) && trace_fault_is_turn(faults, armed))
            return trace_fault_fire(trace, stage, faults, armed);
    }
    return NULL;
}
