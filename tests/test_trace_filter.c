/* tests/test_trace_filter.c - the one language that chooses events. */
#include "trace/filter.h"

#include <locale.h>
#include <string.h>

static const TraceEvent event = {
    .seq = 41,
    .stage = STAGE_DNS,
    .kind = TRACE_DNS,
    .host = "mx.south.example",
    .journey = "j3",
    .text = "the answer is SERVFAIL: ask again later",
    .rfc = "RFC 5321 §5.1",
    .at = "dns/mx.c:58:dns_mx_lookup",
    .cause = 38,
    .data = "{\"code\":451,\"label\":\"MX?\",\"outcome\":\"later\",\"name\":\"a b\"}",
};

static gboolean
matches(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TraceFilter) filter = trace_filter_parse(text, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(trace_filter_text(filter), ==, text);
    return trace_filter_matches(filter, &event);
}

static void
test_matches(void)
{
    g_test_summary("terms that hold");
    static const char *const yes[] = {
        "",
        "   ",
        "stage=dns",
        "kind=dns host=mx.south.example",
        "seq=41 seq>40 seq>=41 seq<42 seq<=41",
        "cause=38",
        "journey=j3",
        "host!=mx.north.example",
        "user=",
        "user!=alice",
        "text~servfail",
        "text~\"servfail: ask\"",
        "SERVFAIL",
        "\"ask again\"",
        "rfc=\"RFC 5321 §5.1\"",
        "at~mx.c",
        "code>=400 code<500",
        "label=MX?",
        "name=\"a b\"",
        "outcome=later",
    };

    for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
        g_assert_true(matches(yes[i]));
    g_assert_true(trace_filter_matches(NULL, &event));
}

static void
test_no_match(void)
{
    g_test_summary("terms that don't hold; all must");
    static const char *const no[] = {
        "stage=route",   "stage=dns seq>41", "code>451",       "label>3",
        "nothing=x",     "user=alice",       "text~NXDOMAIN",  "stage!=dns",
        "host=mx.south", "missing>0",        "\"ask  again\"",
    };

    for (guint i = 0; i < G_N_ELEMENTS(no); i++)
        g_assert_false(matches(no[i]));
}

static TraceFilterAnswer
ask(const char *text, guint fields)
{
    g_autoptr(TraceFilter) filter = trace_filter_parse(text, NULL);

    return trace_filter_ask(filter, &event, fields);
}

static void
test_ask(void)
{
    g_test_summary("a part of the event decides where it can: one term that fails is enough");
    guint stage = 1u << TRACE_FIELD_STAGE;

    g_assert_cmpint(ask("stage=dns", stage), ==, TRACE_FILTER_YES);
    g_assert_cmpint(ask("stage=route", stage), ==, TRACE_FILTER_NO);
    g_assert_cmpint(ask("stage=dns SERVFAIL", stage), ==, TRACE_FILTER_UNSURE);
    g_assert_cmpint(ask("SERVFAIL stage=route", stage), ==, TRACE_FILTER_NO);
    g_assert_cmpint(ask("code=451", stage), ==, TRACE_FILTER_UNSURE);
    g_assert_cmpint(ask("code=451", 1u << TRACE_FIELD_DATA), ==, TRACE_FILTER_YES);
    g_assert_cmpint(ask("code=452", 1u << TRACE_FIELD_DATA), ==, TRACE_FILTER_NO);
    g_assert_cmpint(ask("", 0), ==, TRACE_FILTER_YES);
    g_assert_cmpint(trace_filter_ask(NULL, &event, 0), ==, TRACE_FILTER_YES);
}

static void
refuse(const char *text, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(trace_filter_parse(text, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, why));
}

static void
test_missed(void)
{
    g_test_summary("which terms hold, and what the others miss, in words");
    const TraceEvent event = { .seq = 14,
                               .stage = STAGE_SENDER,
                               .kind = TRACE_WIRE,
                               .text = "250 Ok",
                               .data = "{\"code\":250}" };
    static const struct {
        const char *filter;
        guint32 held;
        const char *missed;
    } cases[] = {
        { "", 0, "" },
        { "stage=sender code=250", 3, "" },
        { "stage=sender code=503", 1, "its code is 250, not 503" },
        { "stage=store code=250", 2, "its stage is sender, not store" },
        { "code!=250", 0, "its code is 250" },
        { "code>250", 0, "its code is 250, not more than 250" },
        { "code>=251", 0, "its code is 250, not at least 251" },
        { "code<250", 0, "its code is 250, not less than 250" },
        { "code<=249", 0, "its code is 250, not at most 249" },
        { "text~denied host=a", 0, "its text does not contain \"denied\", and it has no host" },
        { "outcome=ok seq=14", 2, "it has no outcome" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(TraceFilter) filter = trace_filter_parse(cases[i].filter, NULL);
        g_autofree char *missed = trace_filter_missed(filter, &event);

        g_assert_cmpuint(trace_filter_held(filter, &event), ==, cases[i].held);
        g_assert_cmpstr(missed, ==, cases[i].missed);
    }
}

static void
test_field_of(void)
{
    g_test_summary("what an event says as a field, its own or one of its data");
    const TraceEvent event = { .seq = 14, .stage = STAGE_DNS, .data = "{\"code\":250}" };
    g_autofree char *seq = trace_filter_field_of(&event, "seq");
    g_autofree char *stage = trace_filter_field_of(&event, "stage");
    g_autofree char *code = trace_filter_field_of(&event, "code");

    g_assert_cmpstr(seq, ==, "14");
    g_assert_cmpstr(stage, ==, "dns");
    g_assert_cmpstr(code, ==, "250");
    g_assert_null(trace_filter_field_of(&event, "host"));
    g_assert_null(trace_filter_field_of(&event, "outcome"));
}

static void
test_refused(void)
{
    g_test_summary("mistakes are told with their column");
    g_autofree char *longer = g_strnfill(2000, 'a');
    g_autoptr(GString) many = g_string_new(NULL);

    for (guint i = 0; i < 40; i++)
        g_string_append(many, "a ");
    refuse("stage=dns =x", "column 11: a field's name");
    refuse("text~\"open", "column 1: the closing quote");
    refuse("text~\"a\"b", "column 1: the closing quote");
    refuse("seq=1 code>=often", "column 7: 'code' is compared with a number");
    refuse("code>", "number");
    refuse("stage=dsn", "no stage 'dsn'");
    refuse("kind=odd", "no kind 'odd'");
    refuse(longer, "octets");
    refuse(many->str, "terms");
}

static void
test_cut(void)
{
    g_test_summary("a filter cut anywhere is parsed or refused, and frees what it took");
    static const char text[] = "stage=dns text~\"SERV\\\"FAIL\" code>=400 word";

    for (gsize cut = 0; cut <= strlen(text); cut++) {
        g_autofree char *part = g_strndup(text, cut);
        g_autoptr(GError) error = NULL;
        g_autoptr(TraceFilter) filter = trace_filter_parse(part, &error);

        g_assert_true((filter == NULL) == (error != NULL));
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/filter/matches", test_matches);
    g_test_add_func("/trace/filter/no-match", test_no_match);
    g_test_add_func("/trace/filter/ask", test_ask);
    g_test_add_func("/trace/filter/missed", test_missed);
    g_test_add_func("/trace/filter/field-of", test_field_of);
    g_test_add_func("/trace/filter/refused", test_refused);
    g_test_add_func("/trace/filter/cut", test_cut);
    return g_test_run();
}
