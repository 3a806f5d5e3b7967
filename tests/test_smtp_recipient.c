/* tests/test_smtp_recipient.c - accounts, aliases, postmaster, catch-all (smtp/recipient*.c, alias.c, copies.c). */
#include "smtp/recipient.h"
#include "tests/smtp_taking.h"

/* "alice@north.example(1) carol@south.example(2.1)*": branches in brackets, * for a mailbox here;
 * or the code of the refusal. */
static char *
resolve(World *world, const char *text)
{
    g_autoptr(SmtpAddress) address = smtp_split_address(text, NULL);
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    const SmtpRefusal *refusal = smtp_recipient_resolve(&world->host, NULL, address, "1", found);
    GString *said = g_string_new(refusal != NULL ? refusal->code : NULL);

    for (guint i = 0; i < found->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(found, i);

        g_string_append_printf(said, "%s%s(%s)%s", i == 0 ? "" : " ",
                               one->account != NULL ? one->account->address : one->address->full,
                               one->branch, one->account != NULL ? "*" : "");
    }
    return g_string_free(said, FALSE);
}

static void
expect(World *world, const char *text, const char *result)
{
    g_autofree char *found = resolve(world, text);

    g_assert_cmpstr(found, ==, result);
}

static void
test_account(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("RFC 5321 §3.3: an account in any case of letters, or 550 5.1.1");
    expect(world, "alice@north.example", "alice@north.example(1)*");
    expect(world, "ALICE@north.example", "alice@north.example(1)*");
    expect(world, "\"alice\"@north.example", "alice@north.example(1)*");
    expect(world, "alice@[127.0.0.2]", "alice@north.example(1)*");
    expect(world, "mallory@north.example", "550 5.1.1");
    expect(world, "\"\"@north.example", "550 5.1.1");
    expect(world, "\"' OR 1=1 --\"@north.example", "550 5.1.1");
}

static void
test_alias(void)
{
    g_autoptr(World) world = world_new();
    const char *const nested[] = { "sales@north.example", "dave@south.example", NULL };

    g_test_summary("RFC 5321 §3.9.1: an alias is each of its targets, here or elsewhere");
    expect(world, "sales@north.example", "alice@north.example(1.1)* bob@north.example(1.2)*");
    expect(world, "list@north.example", "alice@north.example(1.1)* carol@south.example(1.2)");
    store_alias_set(world->store, "all", "north.example", nested, NULL);
    expect(world, "all@north.example",
           "dave@south.example(1.2) alice@north.example(1.1.1)* bob@north.example(1.1.2)*");
}

/* An alias for @count addresses elsewhere. */
static void
expect_many(guint count, const char *result)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(SmtpAddress) address = smtp_split_address("many@north.example", NULL);
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);

    for (guint i = 0; i < count; i++)
        g_ptr_array_add(targets, g_strdup_printf("u%u@south.example", i));
    g_ptr_array_add(targets, NULL);
    store_alias_set(world->store, "many", "north.example", (const char *const *)targets->pdata,
                    NULL);
    const SmtpRefusal *refusal = smtp_recipient_resolve(&world->host, NULL, address, "1", found);
    g_assert_cmpstr(refusal != NULL ? refusal->code : NULL, ==, result);
    g_assert_cmpuint(found->len, ==, refusal != NULL ? 0 : count);
}

static void
test_many(void)
{
    g_test_summary("RFC 3463 §3.4: an alias leads to at most 1000 addresses, or 451 4.3.5");
    expect_many(SMTP_ALIAS_ADDRESSES_MAX, NULL);
    expect_many(SMTP_ALIAS_ADDRESSES_MAX + 1, "451 4.3.5");
}

/* The reverse-path that the @nth result of @text gets: its list's owner, or "". */
static void
expect_owner(World *world, const char *text, guint nth, const char *owner)
{
    g_autoptr(SmtpAddress) address = smtp_split_address(text, NULL);
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);

    g_assert_null(smtp_recipient_resolve(&world->host, NULL, address, "1", found));
    g_assert_cmpuint(found->len, >, nth);
    const SmtpRecipient *one = g_ptr_array_index(found, nth);
    g_assert_cmpstr(one->owner, ==, owner);
    if (one->account == NULL)
        g_assert_cmpstr(one->alias, ==, text);
}

static void
test_list(void)
{
    g_autoptr(World) world = world_new();
    const char *const bob[] = { "bob@north.example", NULL };
    const char *const all[] = { "list@north.example", "dave@south.example", NULL };

    g_test_summary(
        "RFC 5321 §3.9.2: an alias with an owner beside it is a list; the inner one wins");
    expect_owner(world, "list@north.example", 1, NULL);
    store_alias_set(world->store, "owner-list", "north.example", bob, NULL);
    expect_owner(world, "list@north.example", 0, "owner-list@north.example");
    expect_owner(world, "list@north.example", 1, "owner-list@north.example");
    store_alias_set(world->store, "all", "north.example", all, NULL);
    expect_owner(world, "all@north.example", 0, NULL);
    expect_owner(world, "all@north.example", 2, "owner-list@north.example");
    store_account_add(world->store, "owner-all", "north.example", "x", NULL);
    expect_owner(world, "all@north.example", 0, "owner-all@north.example");
    expect_owner(world, "all@north.example", 2, "owner-list@north.example");
    expect_owner(world, "owner-list@north.example", 0, NULL);
}

/* A message of @octets lies in INBOX then. */
static void
fill_mailbox(World *world, const char *user, gsize octets)
{
    g_autoptr(StoreDraft) draft = store_draft_new(world->store);
    g_autoptr(StoreAccount) account =
        store_account_find(world->store, NULL, STAGE_RECIPIENT, user, "north.example", NULL);
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(world->store, account->id, "INBOX", NULL);
    g_autofree char *text = g_strnfill(octets, 'x');
    g_autoptr(GError) error = NULL;
    gint64 message;

    store_draft_append(draft, text, octets, &error);
    store_draft_finish(draft);
    message = store_message_add(world->store, NULL, draft, "", "", "q", &error);
    store_entry_add(world->store, NULL, STAGE_DELIVER, inbox->id, message, "", 0, "", 0, &error);
    g_assert_no_error(error);
}

static void
empty_mailbox(World *world, const char *user)
{
    g_autoptr(StoreAccount) account =
        store_account_find(world->store, NULL, STAGE_RECIPIENT, user, "north.example", NULL);
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(world->store, account->id, "INBOX", NULL);
    g_autoptr(GPtrArray) entries = store_entry_page(world->store, inbox->id, 0, 100, NULL);

    for (guint i = 0; i < entries->len; i++) {
        const StoreEntry *entry = g_ptr_array_index(entries, i);

        store_entry_remove(world->store, NULL, inbox->id, entry->uid, NULL);
    }
}

static void
test_subaddress(void)
{
    g_autoptr(World) world = world_new();
    const char *const own[] = { "bob@north.example", NULL };

    g_test_summary("RFC 5321 §2.3.11: alice+shop is alice, unless that very name is known");
    world->settings.subaddress = (char *)"+";
    expect(world, "alice+shop@north.example", "alice@north.example(1)*");
    expect(world, "alice+shop+more@north.example", "alice@north.example(1)*");
    expect(world, "+shop@north.example", "550 5.1.1");
    expect(world, "mallory+shop@north.example", "550 5.1.1");
    store_alias_set(world->store, "alice+shop", "north.example", own, NULL);
    expect(world, "alice+shop@north.example", "bob@north.example(1.1)*");
    world->settings.subaddress = (char *)"";
    expect(world, "alice+more@north.example", "550 5.1.1");
}

static void
test_quota(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("RFC 3463 §3.3: a user without room is refused for now, others are not");
    world->settings.quota_octets = 100;
    expect(world, "alice@north.example", "alice@north.example(1)*");
    fill_mailbox(world, "alice", 99);
    expect(world, "alice@north.example", "alice@north.example(1)*");
    fill_mailbox(world, "alice", 1);
    expect(world, "alice@north.example", "452 4.2.2");
    expect(world, "sales@north.example", "bob@north.example(1.2)*");
    empty_mailbox(world, "alice");
    expect(world, "alice@north.example", "alice@north.example(1)*");
}

static void
test_broken_alias(void)
{
    g_autoptr(World) world = world_new();
    const char *const half[] = { "not an address", "bob@north.example", "gone@north.example",
                                 NULL };

    g_test_summary("a target that is no address, or nobody, does not lose the others");
    store_alias_set(world->store, "half", "north.example", half, NULL);
    expect(world, "half@north.example", "bob@north.example(1.2)*");
}

static void
test_circle(void)
{
    g_autoptr(World) world = world_new();
    const char *const self[] = { "self@north.example", "bob@north.example", NULL };
    const char *const one[] = { "d2@north.example", NULL };

    g_test_summary("RFC 5321 §6.3: an alias that leads to itself comes to an end");
    expect(world, "circle-a@north.example", "550 5.4.6");
    store_alias_set(world->store, "self", "north.example", self, NULL);
    g_autofree char *found = resolve(world, "self@north.example");
    g_assert_true(g_str_has_prefix(found, "bob@north.example(1.2)*"));

    /* Five in a row are allowed, six are not. */
    store_alias_set(world->store, "d1", "north.example", one, NULL);
    for (guint i = 2; i <= 5; i++) {
        g_autofree char *name = g_strdup_printf("d%u", i);
        g_autofree char *next =
            i == 5 ? g_strdup("bob@north.example") : g_strdup_printf("d%u@north.example", i + 1);
        const char *const target[] = { next, NULL };
        const char *const first[] = { "d1@north.example", NULL };

        store_alias_set(world->store, name, "north.example", target, NULL);
        store_alias_set(world->store, "d0", "north.example", first, NULL);
    }
    expect(world, "d1@north.example", "bob@north.example(1.1.1.1.1.1)*");
    expect(world, "d0@north.example", "550 5.4.6");
}

static void
test_postmaster(void)
{
    g_autoptr(World) world = world_new();
    const char *const bob[] = { "bob@north.example", NULL };

    g_test_summary("RFC 5321 §4.5.1: postmaster exists, with and without a domain, in any case");
    expect(world, "postmaster@north.example", "alice@north.example(1)*");
    expect(world, "PostMaster", "alice@north.example(1)*");
    store_alias_set(world->store, "postmaster", "north.example", bob, NULL);
    expect(world, "postmaster", "bob@north.example(1.1)*");
}

static void
test_catch_all(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("the catch-all takes what is for nobody, and only that");
    g_strfreev(world->settings.catch_all);
    world->settings.catch_all = g_strsplit("bob@north.example", ";", -1);
    expect(world, "mallory@north.example", "bob@north.example(1)*");
    expect(world, "alice@north.example", "alice@north.example(1)*");
    expect(world, "sales@north.example", "alice@north.example(1.1)* bob@north.example(1.2)*");
}

static void
test_list_end(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(g_free);

    g_test_summary("cost: an alias with 1000 targets");
    for (guint i = 0; i < 1000; i++)
        g_ptr_array_add(targets, g_strdup_printf("user%u@south.example", i));
    g_ptr_array_add(targets, NULL);
    store_alias_set(world->store, "big", "north.example", (const char *const *)targets->pdata,
                    NULL);
    g_autofree char *found = resolve(world, "big@north.example");
    g_assert_nonnull(strstr(found, "user999@south.example(1.1000)"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/recipient/account", test_account);
    g_test_add_func("/smtp/recipient/alias", test_alias);
    g_test_add_func("/smtp/recipient/many", test_many);
    g_test_add_func("/smtp/recipient/owner", test_list);
    g_test_add_func("/smtp/recipient/sub-address", test_subaddress);
    g_test_add_func("/smtp/recipient/quota", test_quota);
    g_test_add_func("/smtp/recipient/broken-alias", test_broken_alias);
    g_test_add_func("/smtp/recipient/circle", test_circle);
    g_test_add_func("/smtp/recipient/postmaster", test_postmaster);
    g_test_add_func("/smtp/recipient/catch-all", test_catch_all);
    g_test_add_func("/smtp/recipient/list", test_list_end);
    return g_test_run();
}
