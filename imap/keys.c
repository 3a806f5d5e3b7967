/* imap/keys.c - the keys of SEARCH become a little program (RFC 3501 §6.4.4).
 *
 * Keys that wait for others lie on a stack of frames: an open bracket waits for its ")", NOT for one
 * key, OR for two. A key that is complete is one more of its frame; that may complete the frame, and
 * so on outwards.
 *
 * Start reading at imap_plain_keys[]: all the keys. Tests: tests/test_imap_search.c
 */
#include "imap/search.h"

#include <string.h>

/* What follows a key's name. */
typedef enum {
    IMAP_ARG_NONE,
    IMAP_ARG_TEXT,
    IMAP_ARG_FIELD_TEXT, /* HEADER */
    IMAP_ARG_WORD,       /* KEYWORD */
    IMAP_ARG_DATE,
    IMAP_ARG_NUMBER,
    IMAP_ARG_MODSEQ, /* perhaps with the name of a flag in front */
    IMAP_ARG_SET,
} ImapArgument;

/* clang-format off */
static const struct {
    const char *name;
    ImapKeyKind kind;
    ImapArgument argument;
    gboolean on;
    guint flag;
    const char *field;
} imap_plain_keys[] = {
    { "ALL",        IMAP_KEY_CONSTANT,    IMAP_ARG_NONE,       TRUE,  0,              NULL      },
    { "ANSWERED",   IMAP_KEY_FLAG,        IMAP_ARG_NONE,       TRUE,  STORE_ANSWERED, NULL      },
    { "BCC",        IMAP_KEY_HEADER,      IMAP_ARG_TEXT,       TRUE,  0,              "Bcc"     },
    { "BEFORE",     IMAP_KEY_BEFORE,      IMAP_ARG_DATE,       TRUE,  0,              NULL      },
    { "BODY",       IMAP_KEY_BODY,        IMAP_ARG_TEXT,       TRUE,  0,              NULL      },
    { "CC",         IMAP_KEY_HEADER,      IMAP_ARG_TEXT,       TRUE,  0,              "Cc"      },
    { "DELETED",    IMAP_KEY_FLAG,        IMAP_ARG_NONE,       TRUE,  STORE_DELETED,  NULL      },
    { "DRAFT",      IMAP_KEY_FLAG,        IMAP_ARG_NONE,       TRUE,  STORE_DRAFT,    NULL      },
    { "FLAGGED",    IMAP_KEY_FLAG,        IMAP_ARG_NONE,       TRUE,  STORE_FLAGGED,  NULL      },
    { "FROM",       IMAP_KEY_HEADER,      IMAP_ARG_TEXT,       TRUE,  0,              "From"    },
    { "HEADER",     IMAP_KEY_HEADER,      IMAP_ARG_FIELD_TEXT, TRUE,  0,              NULL      },
    { "KEYWORD",    IMAP_KEY_KEYWORD,     IMAP_ARG_WORD,       TRUE,  0,              NULL      },
    { "LARGER",     IMAP_KEY_LARGER,      IMAP_ARG_NUMBER,     TRUE,  0,              NULL      },
    { "MODSEQ",     IMAP_KEY_MODSEQ,      IMAP_ARG_MODSEQ,     TRUE,  0,              NULL      },
    { "NEW",        IMAP_KEY_NEW,         IMAP_ARG_NONE,       TRUE,  0,              NULL      },
    { "OLD",        IMAP_KEY_RECENT,      IMAP_ARG_NONE,       FALSE, 0,              NULL      },
    { "ON",         IMAP_KEY_ON,          IMAP_ARG_DATE,       TRUE,  0,              NULL      },
    { "RECENT",     IMAP_KEY_RECENT,      IMAP_ARG_NONE,       TRUE,  0,              NULL      },
    { "SEEN",       IMAP_KEY_FLAG,        IMAP_ARG_NONE,       TRUE,  STORE_SEEN,     NULL      },
    { "SENTBEFORE", IMAP_KEY_SENT_BEFORE, IMAP_ARG_DATE,       TRUE,  0,              NULL      },
    { "SENTON",     IMAP_KEY_SENT_ON,     IMAP_ARG_DATE,       TRUE,  0,              NULL      },
    { "SENTSINCE",  IMAP_KEY_SENT_SINCE,  IMAP_ARG_DATE,       TRUE,  0,              NULL      },
    { "SINCE",      IMAP_KEY_SINCE,       IMAP_ARG_DATE,       TRUE,  0,              NULL      },
    { "SMALLER",    IMAP_KEY_SMALLER,     IMAP_ARG_NUMBER,     TRUE,  0,              NULL      },
    { "SUBJECT",    IMAP_KEY_HEADER,      IMAP_ARG_TEXT,       TRUE,  0,              "Subject" },
    { "TEXT",       IMAP_KEY_TEXT,        IMAP_ARG_TEXT,       TRUE,  0,              NULL      },
    { "TO",         IMAP_KEY_HEADER,      IMAP_ARG_TEXT,       TRUE,  0,              "To"      },
    { "UID",        IMAP_KEY_UIDS,        IMAP_ARG_SET,        TRUE,  0,              NULL      },
    { "UNANSWERED", IMAP_KEY_FLAG,        IMAP_ARG_NONE,       FALSE, STORE_ANSWERED, NULL      },
    { "UNDELETED",  IMAP_KEY_FLAG,        IMAP_ARG_NONE,       FALSE, STORE_DELETED,  NULL      },
    { "UNDRAFT",    IMAP_KEY_FLAG,        IMAP_ARG_NONE,       FALSE, STORE_DRAFT,    NULL      },
    { "UNFLAGGED",  IMAP_KEY_FLAG,        IMAP_ARG_NONE,       FALSE, STORE_FLAGGED,  NULL      },
    { "UNKEYWORD",  IMAP_KEY_KEYWORD,     IMAP_ARG_WORD,       FALSE, 0,              NULL      },
    { "UNSEEN",     IMAP_KEY_FLAG,        IMAP_ARG_NONE,       FALSE, STORE_SEEN,     NULL      },
};
/* clang-format on */

typedef enum { IMAP_FRAME_LIST, IMAP_FRAME_NOT, IMAP_FRAME_OR } ImapFrameKind;

typedef struct ImapFrame {
    ImapFrameKind kind;
    guint count; /* keys that are complete */
    guint skip;  /* a list: index of the skip before the key at hand */
} ImapFrame;

typedef struct ImapKeys {
    GPtrArray *program; /* of ImapKey */
    ImapFrame frames[IMAP_NEST_MAX];
    guint depth;
    const char *wrong;
} ImapKeys;

static void
imap_key_free(gpointer data)
{
    ImapKey *key = data;

    imap_set_free(key->set);
    g_free(key->field);
    g_free(key->text);
    g_free(key);
}

static ImapKey *
imap_keys_add(ImapKeys *keys, ImapKeyKind kind)
{
    ImapKey *key = g_new0(ImapKey, 1);

    key->kind = kind;
    key->outermost = keys->depth == 1;
    g_ptr_array_add(keys->program, key);
    return key;
}

/* ---- frames ---- */

static gboolean
imap_keys_push(ImapKeys *keys, ImapFrameKind kind)
{
    keys->wrong = "Too many brackets, NOTs and ORs in one another";
    if (keys->depth >= IMAP_NEST_MAX)
        return FALSE;
    keys->frames[keys->depth++] = (ImapFrame){ .kind = kind };
    return TRUE;
}

/* A key begins. In a list, where the keys before it have come out false, it is not looked at. */
static void
imap_keys_begin(ImapKeys *keys)
{
    ImapFrame *frame = &keys->frames[keys->depth - 1];

    if (frame->kind != IMAP_FRAME_LIST || frame->count == 0)
        return;
    frame->skip = keys->program->len;
    imap_keys_add(keys, IMAP_OP_SKIP);
}

/* A key is complete: perhaps what it stands in is, too. */
static void
imap_keys_complete(ImapKeys *keys)
{
    for (;;) {
        ImapFrame *frame = &keys->frames[keys->depth - 1];

        frame->count++;
        if (frame->kind == IMAP_FRAME_LIST) {
            if (frame->count > 1) {
                ImapKey *skip = g_ptr_array_index(keys->program, frame->skip);

                imap_keys_add(keys, IMAP_OP_AND);
                skip->number = keys->program->len;
            }
            return;
        }
        if (frame->kind == IMAP_FRAME_OR && frame->count < 2)
            return;
        imap_keys_add(keys, frame->kind == IMAP_FRAME_OR ? IMAP_OP_OR : IMAP_OP_NOT);
        keys->depth--;
    }
}

/* ---- keys ---- */

static gboolean
imap_keys_text(ImapParse *parse, char **text)
{
    g_autofree char *string = imap_parse_char(parse, ' ') ? imap_parse_astring(parse) : NULL;

    if (string == NULL || !g_utf8_validate(string, -1, NULL))
        return FALSE;
    *text = g_utf8_casefold(string, -1);
    return TRUE;
}

static gboolean
imap_keys_number(ImapParse *parse, gint64 *number)
{
    guint64 value;

    if (!imap_parse_char(parse, ' ') || !imap_parse_number(parse, G_MAXINT64, &value))
        return FALSE;
    *number = (gint64)value;
    return TRUE;
}

/* "MODSEQ "/flags/\\draft" all 620162338": all flags of a message share one MODSEQ here, so which of
 * them is meant makes no difference (RFC 7162 §3.1.5). */
static gboolean
imap_keys_modseq(ImapParse *parse, gint64 *number)
{
    if (parse->end - parse->at >= 2 && parse->at[1] == '"') {
        g_autofree char *entry = imap_parse_char(parse, ' ') ? imap_parse_string(parse) : NULL;

        if (entry == NULL || g_ascii_strncasecmp(entry, "/flags/", 7) != 0 ||
            (!imap_parse_word(parse, " priv") && !imap_parse_word(parse, " shared") &&
             !imap_parse_word(parse, " all")))
            return FALSE;
    }
    return imap_keys_number(parse, number);
}

static gboolean
imap_keys_argument(ImapParse *parse, ImapArgument argument, ImapKey *key)
{
    switch (argument) {
    case IMAP_ARG_NONE: return TRUE;
    case IMAP_ARG_TEXT: return imap_keys_text(parse, &key->text);
    case IMAP_ARG_FIELD_TEXT:
        key->field = imap_parse_char(parse, ' ') ? imap_parse_astring(parse) : NULL;
        return key->field != NULL && imap_keys_text(parse, &key->text);
    case IMAP_ARG_WORD:
        key->text = imap_parse_char(parse, ' ') ? imap_parse_atom(parse) : NULL;
        return key->text != NULL;
    case IMAP_ARG_DATE: return imap_parse_char(parse, ' ') && imap_parse_date(parse, &key->number);
    case IMAP_ARG_NUMBER: return imap_keys_number(parse, &key->number);
    case IMAP_ARG_MODSEQ: return imap_keys_modseq(parse, &key->number);
    case IMAP_ARG_SET:
        key->set = imap_parse_char(parse, ' ') ? imap_set_parse(parse) : NULL;
        return key->set != NULL;
    }
    return FALSE;
}

/* A set of numbers without a name, or a key of the table. */
static gboolean
imap_keys_simple(ImapKeys *keys, ImapParse *parse, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(imap_plain_keys); i++) {
        ImapKey *key;

        if (g_ascii_strcasecmp(imap_plain_keys[i].name, name) != 0)
            continue;
        key = imap_keys_add(keys, imap_plain_keys[i].kind);
        key->on = imap_plain_keys[i].on;
        key->flag = imap_plain_keys[i].flag;
        key->field = g_strdup(imap_plain_keys[i].field);
        keys->wrong = "Not what this search key needs";
        if (!imap_keys_argument(parse, imap_plain_keys[i].argument, key))
            return FALSE;
        /* The empty string is in any text, even where there is none (RFC 9051 §6.4.4). */
        if ((key->kind == IMAP_KEY_BODY || key->kind == IMAP_KEY_TEXT) && *key->text == '\0')
            key->kind = IMAP_KEY_CONSTANT;
        imap_keys_complete(keys);
        return TRUE;
    }
    keys->wrong = "Unknown search key";
    return FALSE;
}

static gboolean
imap_keys_one(ImapKeys *keys, ImapParse *parse)
{
    g_autofree char *name = NULL;

    keys->wrong = "Not a search key";
    imap_keys_begin(keys);
    if (imap_parse_char(parse, '('))
        return imap_keys_push(keys, IMAP_FRAME_LIST);
    if (parse->at < parse->end && (g_ascii_isdigit(*parse->at) || strchr("*$", *parse->at))) {
        ImapKey *key = imap_keys_add(keys, IMAP_KEY_NUMBERS);

        key->set = imap_set_parse(parse);
        if (key->set == NULL)
            return FALSE;
        imap_keys_complete(keys);
        return TRUE;
    }
    name = imap_parse_atom(parse);
    if (name == NULL)
        return FALSE;
    if (g_ascii_strcasecmp(name, "NOT") == 0)
        return imap_keys_push(keys, IMAP_FRAME_NOT) && imap_parse_char(parse, ' ');
    if (g_ascii_strcasecmp(name, "OR") == 0)
        return imap_keys_push(keys, IMAP_FRAME_OR) && imap_parse_char(parse, ' ');
    return imap_keys_simple(keys, parse, name);
}

/* ")" as often as it stands there. */
static gboolean
imap_keys_close(ImapKeys *keys, ImapParse *parse)
{
    while (imap_parse_char(parse, ')')) {
        ImapFrame *frame = &keys->frames[keys->depth - 1];

        keys->wrong = "A bracket closes where none is open";
        if (keys->depth < 2 || frame->kind != IMAP_FRAME_LIST || frame->count == 0)
            return FALSE;
        keys->depth--;
        imap_keys_complete(keys);
    }
    return TRUE;
}

/* Must a key stand here (after "(", NOT, OR), or a space first? */
static gboolean
imap_keys_is_waiting(const ImapKeys *keys, guint depth_before)
{
    return keys->depth > depth_before;
}

GPtrArray *
imap_search_parse(ImapParse *parse, const char **wrong)
{
    g_autoptr(GPtrArray) program = g_ptr_array_new_with_free_func(imap_key_free);
    ImapKeys keys = { .program = program };

    imap_keys_push(&keys, IMAP_FRAME_LIST);
    for (;;) {
        guint depth = keys.depth;

        *wrong = "Too many search keys";
        if (program->len > IMAP_KEYS_MAX)
            return NULL;
        if (!imap_keys_one(&keys, parse) || !imap_keys_close(&keys, parse)) {
            *wrong = keys.wrong;
            return NULL;
        }
        if (imap_keys_is_waiting(&keys, depth))
            continue;
        if (imap_parse_is_end(parse))
            break;
        *wrong = "A space between search keys";
        if (!imap_parse_char(parse, ' '))
            return NULL;
    }
    *wrong = "A search key is missing";
    return keys.depth == 1 ? g_steal_pointer(&program) : NULL;
}
