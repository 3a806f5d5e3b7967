/* app/compose.c - what one of our mail programs shall send, as a person says it.
 *
 * Start reading at app_compose_send().
 * Tests: tests/test_app_presets.c
 */
#include "app/compose.h"

#include <string.h>
#include "app/agent.h"
#include "app/message.h"
#include "app/presets.h"
#include "smtp/parameters.h"

void
app_compose_clear(AppCompose *compose)
{
    g_free(compose->preset);
    g_free(compose->from);
    g_free(compose->to);
    g_free(compose->file);
    g_free(compose->ends);
    g_free(compose->attach);
    g_free(compose->subject);
    g_free(compose->text);
    g_free(compose->via);
    g_free(compose->port);
    g_free(compose->size);
    g_free(compose->notify);
    g_free(compose->ret);
    g_free(compose->envid);
    memset(compose, 0, sizeof *compose);
}

static gboolean app_compose_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
app_compose_wrong(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE, text);
    return FALSE;
}

/* ---- what was said ---- */

/* "via=mx.hub.example" into its field. FALSE: @word has another form. */
static gboolean
app_compose_option(AppCompose *compose, const char *word)
{
    const struct {
        const char *name;
        char **field;
    } options[] = { { "preset=", &compose->preset },   { "via=", &compose->via },
                    { "port=", &compose->port },       { "size=", &compose->size },
                    { "ends=", &compose->ends },       { "attach=", &compose->attach },
                    { "subject=", &compose->subject }, { "text=", &compose->text },
                    { "notify=", &compose->notify },   { "ret=", &compose->ret },
                    { "envid=", &compose->envid } };

    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!g_str_has_prefix(word, options[i].name))
            continue;
        g_free(*options[i].field);
        *options[i].field = g_strdup(word + strlen(options[i].name));
        return TRUE;
    }
    return FALSE;
}

gboolean
app_compose_read(AppCompose *compose, char **words, GError **error)
{
    char **const places[] = { &compose->from, &compose->to, &compose->file };
    guint next = 0;

    for (char **word = words; *word != NULL; word++) {
        if (app_compose_option(compose, *word))
            continue;
        if (next == G_N_ELEMENTS(places))
            return app_compose_wrong(error, "%s is one word too many; there are FROM, TO and FILE",
                                     *word);
        g_free(*places[next]);
        *places[next++] = g_strdup(*word);
    }
    return TRUE;
}

/* ---- what was not said, and what is wrong ---- */

static gboolean
app_compose_take_preset(AppCompose *compose, const AppWorldFile *world, GError **error)
{
    const AppPreset *preset = app_preset_find(compose->preset);
    g_autofree char *names = app_preset_names();
    g_auto(AppCompose) made = { 0 };
    const char *why_not;

    if (preset == NULL)
        return app_compose_wrong(error, "there is no preset %s; there are %s", compose->preset,
                                 names);
    why_not = app_preset_make(preset, world, &made);
    if (why_not != NULL)
        return app_compose_wrong(error, "preset %s: %s", preset->name, why_not);
    compose->from = compose->from != NULL ? compose->from : g_steal_pointer(&made.from);
    compose->to = compose->to != NULL ? compose->to : g_steal_pointer(&made.to);
    compose->subject = compose->subject != NULL ? compose->subject : g_strdup(preset->subject);
    compose->text = compose->text != NULL ? compose->text : g_strdup(preset->text);
    compose->octets = made.octets;
    compose->picture = made.picture;
    return TRUE;
}

gboolean
app_compose_complete(AppCompose *compose, const AppWorldFile *world, GError **error)
{
    if (compose->preset != NULL && !app_compose_take_preset(compose, world, error))
        return FALSE;
    if (compose->from == NULL || compose->to == NULL)
        return app_compose_wrong(error, "FROM and TO are needed, or preset=NAME");
    if (strspn(compose->to, ", ") == strlen(compose->to))
        return app_compose_wrong(error, "there is no recipient");
    if (compose->via != NULL && *compose->via != '\0' &&
        app_world_host(world, compose->via) == NULL)
        return app_compose_wrong(error, "there is no host %s", compose->via);
    if (compose->port != NULL && !g_str_equal(compose->port, "smtp") &&
        !g_str_equal(compose->port, "submission"))
        return app_compose_wrong(error, "port %s is neither smtp nor submission", compose->port);
    if (compose->ends != NULL && (compose->file == NULL || !g_str_equal(compose->ends, "written")))
        return app_compose_wrong(error, "ends=written is all there is, and goes with a FILE");
    if (compose->attach != NULL && compose->file != NULL)
        return app_compose_wrong(error, "attach=%s goes with text=, not with a whole message",
                                 compose->attach);
    if (compose->size != NULL && (!app_read_size(compose->size, &compose->octets) ||
                                  compose->octets > APP_COMPOSE_OCTETS_MAX))
        return app_compose_wrong(error, "size %s is no size such as 300K or 3M, 4G at most",
                                 compose->size);
    return TRUE;
}

/* ---- off it goes ---- */

/* What the sender wants to be told, understood by the code that understands the commands. */
static gboolean
app_compose_wishes(const AppCompose *compose, AppSend *send, GError **error)
{
    g_auto(SmtpMailParameters) mail = { 0 };
    g_auto(SmtpRcptParameters) rcpt = { 0 };
    g_autoptr(GString) of_mail = g_string_new(NULL);
    g_autofree char *of_rcpt =
        compose->notify != NULL ? g_strconcat(" NOTIFY=", compose->notify, NULL) : g_strdup("");
    const SmtpRefusal *refusal;

    if (compose->ret != NULL)
        g_string_append_printf(of_mail, " RET=%s", compose->ret);
    if (compose->envid != NULL)
        g_string_append_printf(of_mail, " ENVID=%s", compose->envid);
    refusal = smtp_parameters_of_mail(of_mail->str, TRUE, FALSE, 0, &mail);
    if (refusal == NULL)
        refusal = smtp_parameters_of_rcpt(of_rcpt, TRUE, &rcpt);
    if (refusal != NULL)
        return app_compose_wrong(error, "%s", refusal->text);
    send->ret = mail.ret;
    send->envid = compose->envid;
    send->notify = rcpt.notify;
    return TRUE;
}

/* The recipients, blanks around them dropped, empty ones left out. */
static char **
app_compose_recipients(const AppCompose *compose)
{
    g_auto(GStrv) pieces = g_strsplit(compose->to, ",", -1);
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    for (char **piece = pieces; *piece != NULL; piece++)
        if (*g_strstrip(*piece) != '\0')
            g_strv_builder_add(list, *piece);
    return g_strv_builder_end(list);
}

/* A file's octets: of one that a journal brought along, else from the disk. */
static GBytes *
app_compose_file(const AppRun *run, const char *name, const char *folder, GError **error)
{
    GHashTable *files = run->file->files;
    GBytes *octets = files != NULL ? g_hash_table_lookup(files, name) : NULL;

    if (octets != NULL)
        return g_bytes_ref(octets);
    if (files == NULL)
        return app_message_load_octets(name, folder, error);
    app_compose_wrong(error, "the journal does not hold %s", name);
    return NULL;
}

/* A file as it is; or words of our own, perhaps with a file beside them. */
static GBytes *
app_compose_message(const AppCompose *compose, const AppRun *run, const char *from,
                    char **recipients, const char *folder, GError **error)
{
    const char *const *to = (const char *const *)recipients;
    g_autofree char *name = NULL;
    g_autoptr(GBytes) octets = NULL;
    AppAttachment attachment = app_message_point;

    if (compose->file != NULL) {
        octets = app_compose_file(run, compose->file, folder, error);
        return octets != NULL ? app_message_lines(octets, compose->ends != NULL) : NULL;
    }
    if (compose->attach == NULL)
        return app_message_write(from, to, compose->subject, compose->text,
                                 compose->picture ? &attachment : NULL);
    octets = app_compose_file(run, compose->attach, folder, error);
    if (octets == NULL)
        return NULL;
    name = g_path_get_basename(compose->attach);
    attachment.name = name;
    attachment.type = app_attach_type(name);
    attachment.octets = g_bytes_get_data(octets, &attachment.length);
    return app_message_write(from, to, compose->subject, compose->text, &attachment);
}

gboolean
app_compose_send(const AppCompose *compose, AppRun *run, const char *folder, GError **error)
{
    g_auto(GStrv) recipients = app_compose_recipients(compose);
    g_autofree char *password = app_world_password(run->file, compose->from);
    const char *from = g_str_equal(compose->from, "<>") ? "" : compose->from;
    g_autoptr(GBytes) message = app_compose_message(compose, run, from, recipients, folder, error);

    if (message == NULL)
        return FALSE;
    run->sends++;
    if (run->amend != NULL) {
        GBytes *amended = run->amend(run->amend_data, run->sends, message);

        g_bytes_unref(message);
        message = amended;
    }
    AppSend send = { .sender = from,
                     .recipients = (const char *const *)recipients,
                     .via = compose->via != NULL && *compose->via != '\0' ? compose->via : NULL,
                     .submit = compose->port != NULL ? g_str_equal(compose->port, "submission")
                                                     : password != NULL,
                     .message = message,
                     .octets = compose->octets };
    return app_compose_wishes(compose, &send, error) && app_agent_send(run, &send, error);
}
