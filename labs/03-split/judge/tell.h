/* judge/tell.h - what became of an address: what it was, and a line that both programs must have the same.
 *
 *   # "jo@n"@north.example
 *   user jo@n, domain north.example, in quotes
 *   # jo..n@north.example
 *   refused
 */
#ifndef LAB_SPLIT_TELL_H
#define LAB_SPLIT_TELL_H

#include <stdio.h>
#include <string.h>

#include "net/chance.h"
#include "smtp/split_inside.h"

/* "aaaa" of @count: such a line can be read, one of 255 letters cannot. */
#define TELL_SHORTEN 40

static inline char *
tell_visible(const char *text)
{
    g_autofree char *visible = g_strescape(text, "\"\\");
    gsize length = strlen(visible);

    return length <= TELL_SHORTEN * 2
               ? g_steal_pointer(&visible)
               : g_strdup_printf("%.*s... (%zu octets)", TELL_SHORTEN, visible, strlen(text));
}

/* @about: what it is, in words; NULL: the text itself. */
static inline void
tell(const char *text, const char *about)
{
    /* A copy that ends where it ends: a step beyond is seen by the sanitizer. */
    g_autofree char *exact = g_strdup(text);
    const char *rest = exact;
    g_autoptr(GError) error = NULL;
    g_autoptr(SmtpAddress) address = NULL;
    g_autofree char *shown = tell_visible(text);

    printf("# %s\n", about != NULL ? about : shown);
    address = smtp_split_mailbox(&rest, &error);
    if (address == NULL) {
        printf("refused%s\n",
               error != NULL ? "" : ", but no rule is named: use smtp_split_wrong()");
        return;
    }
    g_autofree char *local = tell_visible(address->local);
    g_autofree char *domain = tell_visible(address->domain);
    g_autofree char *left = tell_visible(rest);

    printf("user %s, domain %s%s%s%s%s\n", local, domain, address->quoted ? ", in quotes" : "",
           *rest != '\0' ? ", left over: " : "", left,
           error != NULL ? ", but a rule is named, too" : "");
}

/* ---- where the addresses come from: the seed ---- */

typedef struct Draw {
    NetChance *chance;
    GString *text; /* the last one that was made */
} Draw;

static inline Draw
draw_new(const char *seed)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was said before a crash is not lost */
    return (Draw){ net_chance_new(g_ascii_strtoull(seed, NULL, 10), TRUE), g_string_new(NULL) };
}

static inline void
draw_free(Draw *draw)
{
    net_chance_free(draw->chance);
    g_string_free(draw->text, TRUE);
}

static inline char
draw_one_of(Draw *draw, const char *octets)
{
    return octets[net_chance_below(draw->chance, (guint32)strlen(octets))];
}

/* From 1 to @most letters, small and large. */
static inline const char *
draw_word(Draw *draw, guint most)
{
    guint length = 1 + net_chance_below(draw->chance, most);

    g_string_truncate(draw->text, 0);
    while (draw->text->len < length)
        g_string_append_c(draw->text, draw_one_of(draw, "abcdefghijklmnopqrstuvwxyzABCXYZ89"));
    return draw->text->str;
}

/* Tells @form with a word for each < and another for each >. */
static inline void
tell_form(Draw *draw, const char *form)
{
    g_autofree char *first = g_strdup(draw_word(draw, 9));
    g_autofree char *second = g_strdup(draw_word(draw, 9));
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *octet = form; *octet != '\0'; octet++) {
        if (*octet == '<' || *octet == '>')
            g_string_append(text, *octet == '<' ? first : second);
        else
            g_string_append_c(text, *octet);
    }
    tell(text->str, NULL);
}

#endif
