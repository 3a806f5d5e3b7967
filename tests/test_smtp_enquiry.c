/* tests/test_smtp_enquiry.c - where would it go? The session and the relay are asked, and nothing is
 * sent and nothing written. */
#include <glib/gstdio.h>
#include <locale.h>

#include "smtp/enquiry.h"
#include "smtp_world.h"

/* The answer as one text: the reply, then a line a place. */
static void
asked(SmtpEnquiry *enquiry, void *data)
{
    const GPtrArray *places = smtp_enquiry_places(enquiry);
    GString *text = data;

    g_string_assign(text, smtp_enquiry_reply(enquiry));
    for (guint i = 0; i < places->len; i++) {
        const SmtpPlace *place = g_ptr_array_index(places, i);

        g_string_append_printf(text, "\n%s %s", place->recipient->branch,
                               place->recipient->address->full);
        if (place->recipient->account != NULL)
            g_string_append_printf(text, " in %s", place->recipient->account->address);
        if (place->why_not != NULL)
            g_string_append_printf(text, " no: %s%s", place->why_not,
                                   place->permanent ? "" : " (for now)");
        for (guint k = 0; place->hosts != NULL && k < place->hosts->len; k++) {
            const SmtpNextHost *next = g_ptr_array_index(place->hosts, k);

            g_string_append_printf(text, " > %s %s:%u", next->name, next->address, next->port);
        }
    }
}

static void
ask(World *world, const char *path, gboolean deliverable, const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    g_autoptr(SmtpEnquiry) enquiry =
        smtp_enquiry_new(&world->host, trace, path, asked, text, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text->str, ==, ""); /* never before it returns */
    net_run(world->net, TRUE);
    if (!g_str_has_prefix(text->str, wanted))
        g_assert_cmpstr(text->str, ==, wanted);
    g_assert_cmpint(smtp_enquiry_is_deliverable(enquiry), ==, deliverable);
    g_assert_false(store_is_open(world->store)); /* nothing was written */
}

static void
set_alias(World *world, const char *name, const char *first, const char *second)
{
    const char *targets[] = { first, second, NULL };
    g_autoptr(GError) error = NULL;

    g_assert_true(store_alias_set(world->store, name, "north.example", targets, &error) &&
                  store_commit(world->store, &error));
}

static void
test_local(void)
{
    g_test_summary("RFC 5321 §3.3: a user of ours, and nobody of ours");
    g_autoptr(World) world = world_new();

    ask(world, "Alice@North.example", TRUE,
        "250 2.1.5 <Alice@north.example> recipient ok\n1 Alice@north.example in "
        "alice@north.example");
    ask(world, "alice@[127.0.0.2]", TRUE, "250 2.1.5");
    ask(world, "zoe@north.example", FALSE, "550 5.1.1 <zoe@north.example>: no such user here");
    g_assert_cmpuint(world_told(world, "recipient decision nobody here is called zoe"), ==, 1);
}

static void
test_aliases(void)
{
    g_test_summary("RFC 5321 §3.9.1, §6.3: an alias has branches, and a circle ends");
    g_autoptr(World) world = world_new();

    set_alias(world, "sales", "alice@north.example", "carol@south.example");
    set_alias(world, "round", "about@north.example", NULL);
    set_alias(world, "about", "round@north.example", NULL);
    set_alias(world, "half", "alice@north.example", "x@nowhere.south.example");
    ask(world, "sales@north.example", TRUE,
        "250 2.1.5 <sales@north.example> recipient ok\n"
        "1.1 alice@north.example in alice@north.example\n"
        "1.2 carol@south.example > mx.south.example 127.0.0.3:25 > mx2.south.example 127.0.0.4:25");
    ask(world, "round@north.example", FALSE,
        "550 5.4.6 <round@north.example>: this alias leads to itself");
    ask(world, "half@north.example", FALSE,
        "250 2.1.5 <half@north.example> recipient ok\n"
        "1.1 alice@north.example in alice@north.example\n"
        "1.2 x@nowhere.south.example no: 5.1.2 ");
}

static void
test_remote(void)
{
    g_test_summary(
        "RFC 5321 §5.1, RFC 7505 §3: the relay's own list of hosts, or why there is none");
    g_autoptr(World) world = world_new();

    world->settings.verify_domain = TRUE;
    ask(world, "carol@south.example", TRUE,
        "250 2.1.5 <carol@south.example> recipient ok\n"
        "1 carol@south.example > mx.south.example 127.0.0.3:25 > mx2.south.example 127.0.0.4:25");
    ask(world, "x@none.south.example", FALSE, "550 5.1.2 <x@none.south.example>");
    ask(world, "x@null.south.example", FALSE, "556 5.1.10 <x@null.south.example>");
    ask(world, "x@backup.south.example", TRUE,
        "250 2.1.5 <x@backup.south.example> recipient ok\n"
        "1 x@backup.south.example > mx.south.example 127.0.0.3:25");
    ask(world, "x@circle.south.example", FALSE,
        "250 2.1.5 <x@circle.south.example> recipient ok\n1 x@circle.south.example no: 5.4.6 ");
    world->settings.verify_domain = FALSE;
    ask(world, "x@null.south.example", FALSE,
        "250 2.1.5 <x@null.south.example> recipient ok\n1 x@null.south.example no: 5.1.10 ");
}

static void
test_named_hosts(void)
{
    static const char *routes[] = { "slow.example: 127.0.0.9:2500", NULL };
    g_test_summary(
        "RFC 5321 §3.6, §4.1.3: a route, a smart host, an address: DNS need not know them");
    g_autoptr(World) world = world_new();

    world->settings.verify_domain = TRUE;
    world->settings.routes = (char **)routes;
    ask(world, "x@slow.example", TRUE,
        "250 2.1.5 <x@slow.example> recipient ok\n1 x@slow.example > 127.0.0.9 127.0.0.9:2500");
    ask(world, "x@[127.0.0.7]", TRUE,
        "250 2.1.5 <x@[127.0.0.7]> recipient ok\n1 x@[127.0.0.7] > 127.0.0.7 127.0.0.7:25");
    world->settings.relay_via = (char *)"mx.south.example:2525";
    ask(world, "x@no-such-domain.example", TRUE,
        "250 2.1.5 <x@no-such-domain.example> recipient ok\n"
        "1 x@no-such-domain.example > mx.south.example 127.0.0.3:2525");
}

static void
test_no_answer(void)
{
    g_test_summary("RFC 5321 §5.1: no answer is not a no: the message would be taken, and wait");
    g_autoptr(World) world = world_new();

    world->settings.verify_domain = TRUE;
    net_set_down(world->net, "127.0.0.53", TRUE);
    ask(world, "carol@south.example", FALSE,
        "250 2.1.5 <carol@south.example> recipient ok\n1 carol@south.example no: 4.4.3 ");
}

static void
test_wrong(void)
{
    g_test_summary("RFC 5321 §4.1.2: what is no address is answered as the server would");
    g_autoptr(World) world = world_new();
    g_autofree char *long_one = g_strnfill(SMTP_ENQUIRY_MAX + 1, 'x');
    g_autoptr(GError) error = NULL;

    ask(world, "alice", FALSE, "501 5.1.3 bad recipient address: ");
    ask(world, "", FALSE, "501 5.1.3 bad recipient address: ");
    ask(world, "<@hop.example:alice@north.example>", TRUE, "250 2.1.5 <alice@north.example>");
    ask(world, "<alice@north.example> X=Y", FALSE, "555 ");
    g_assert_null(smtp_enquiry_new(&world->host, NULL, "a\r\nDATA", asked, NULL, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_null(smtp_enquiry_new(&world->host, NULL, long_one, asked, NULL, &error));
    g_assert_nonnull(error);
}

static void
test_forgotten(void)
{
    g_test_summary("DESIGN: an enquiry that is freed leaves no question behind");
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;
    SmtpEnquiry *enquiry =
        smtp_enquiry_new(&world->host, NULL, "carol@south.example", asked, NULL, &error);

    smtp_enquiry_free(enquiry);
    net_run(world->net, TRUE);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/enquiry/local", test_local);
    g_test_add_func("/smtp/enquiry/aliases", test_aliases);
    g_test_add_func("/smtp/enquiry/remote", test_remote);
    g_test_add_func("/smtp/enquiry/named-hosts", test_named_hosts);
    g_test_add_func("/smtp/enquiry/no-answer", test_no_answer);
    g_test_add_func("/smtp/enquiry/wrong", test_wrong);
    g_test_add_func("/smtp/enquiry/forgotten", test_forgotten);
    return g_test_run();
}
