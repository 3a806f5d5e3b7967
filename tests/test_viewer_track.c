/* tests/test_viewer_track.c - which rows the ladder has, and from which host they are seen. */
#include <glib.h>
#include <locale.h>

#include "trace/viewer/track.h"

#define SAMPLE "tests/journals/remote.ndjson"

static ViewModel *
open_sample(void)
{
    ViewModel *model = view_model_open(SAMPLE, NULL);

    while (view_model_read(model, 1 << 20))
        ;
    return model;
}

static guint
number_of(const ViewTrack *track, guint64 seq)
{
    guint row;

    g_assert_true(view_track_find(track, seq, &row));
    return row;
}

static const ViewRow *
row_of(const ViewTrack *track, guint64 seq)
{
    return view_track_row(track, number_of(track, seq));
}

static void
test_twins(void)
{
    g_test_summary("two ends of the same octets are one row");
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(ViewTrack) track = view_track_new(model, NULL);
    guint sent, received;

    g_assert_cmpuint(view_track_count(track), ==, 77);
    g_assert_true(view_track_find(track, 46, &sent));
    g_assert_true(view_track_find(track, 47, &received));
    g_assert_cmpuint(sent, ==, received);
    g_assert_false(view_track_find(track, 1000, &sent));
}

static void
test_focus(void)
{
    g_test_summary("when the next host decides something it becomes HOST, and a rule says so");
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(ViewTrack) track = view_track_new(model, NULL);

    g_assert_cmpstr(view_track_focus(track, number_of(track, 46)), ==, "mx.north.example");
    g_assert_null(view_track_before(track, number_of(track, 46)));
    g_assert_cmpstr(view_track_focus(track, number_of(track, 48)), ==, "mx.south.example");
    g_assert_cmpstr(view_track_before(track, number_of(track, 48)), ==, "mx.north.example");
    g_assert_null(view_track_before(track, number_of(track, 49)));
}

static void
test_lanes(void)
{
    g_test_summary("what the other host of the hop says is shown in its lane, seen from here");
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(ViewTrack) track = view_track_new(model, NULL);

    /* North in focus: its call goes to REMOTE, south's greeting comes from there. */
    g_assert_cmpuint(row_of(track, 38)->from, ==, VIEW_HOST);
    g_assert_cmpuint(row_of(track, 38)->to, ==, VIEW_REMOTE);
    g_assert_cmpuint(row_of(track, 40)->from, ==, VIEW_REMOTE);
    g_assert_cmpuint(row_of(track, 40)->to, ==, VIEW_HOST);
    /* South in focus: north is the CLIENT. */
    g_assert_cmpuint(row_of(track, 51)->from, ==, VIEW_CLIENT);
    g_assert_cmpuint(row_of(track, 51)->to, ==, VIEW_HOST);
    /* A note of north's, then. */
    g_assert_cmpuint(row_of(track, 74)->from, ==, VIEW_CLIENT);
    g_assert_cmpuint(row_of(track, 74)->to, ==, VIEW_CLIENT);
    /* North's database can't be seen from south: back there, with a rule. */
    g_assert_cmpstr(view_track_before(track, number_of(track, 75)), ==, "mx.south.example");
    g_assert_cmpuint(row_of(track, 75)->to, ==, VIEW_STORE);
}

static void
test_aside(void)
{
    g_test_summary("inputs, and commits of another host, don't move the focus: notes at the edge");
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(ViewTrack) track = view_track_new(model, NULL);
    guint row;

    g_assert_cmpuint(row_of(track, 1)->from, ==, VIEW_CLIENT);
    g_assert_cmpuint(row_of(track, 1)->to, ==, VIEW_CLIENT);
    g_assert_null(view_track_focus(track, number_of(track, 1)));
    g_assert_true(view_track_find(track, 76, &row));
    g_assert_null(view_track_before(track, row));
    g_assert_cmpuint(view_track_stage(track, row), ==, STAGE_NONE);
    /* A commit of the host in focus is an arrow to its own database. */
    g_assert_cmpuint(row_of(track, 31)->to, ==, VIEW_STORE);
}

static void
test_journey(void)
{
    g_test_summary("one message's ladder begins with what its sessions said before MAIL");
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(ViewTrack) track = view_track_new(model, "j1");

    g_assert_cmpstr(view_track_journey(track), ==, "j1");
    g_assert_cmpuint(view_track_entry(track, 0)->seq, ==, 2);
    for (guint row = 0; row < view_track_count(track); row++)
        g_assert_nonnull(view_track_entry(track, row)->session);
}

static void
test_unknown_journey(void)
{
    g_test_summary("a journey that is not in the journal gives the ladder of all events");
    g_autoptr(ViewModel) model = open_sample();
    g_autoptr(ViewTrack) track = view_track_new(model, "j99");

    g_assert_null(view_track_journey(track));
    g_assert_cmpuint(view_track_count(track), ==, 77);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/track/twins", test_twins);
    g_test_add_func("/viewer/track/focus", test_focus);
    g_test_add_func("/viewer/track/lanes", test_lanes);
    g_test_add_func("/viewer/track/aside", test_aside);
    g_test_add_func("/viewer/track/journey", test_journey);
    g_test_add_func("/viewer/track/unknown-journey", test_unknown_journey);
    return g_test_run();
}
