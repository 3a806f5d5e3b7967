/* judge/quotes_main.c - users in quotes: 40 addresses by seed. */
#include "labs/03-split/judge/tell.h"

/* A word stands for each < and each >. */
static const char *const forms[] = {
    "\"<@>\"@north.example",
    "\"<@>@third\"@north.example",
    "\"< >\"@north.example",
    "\"<\\\">\"@north.example",
    "\"<\\\\>\"@north.example",
    "\"\\<\"@north.example",
    "\"<\"@north.example",
    "\"<..>\"@north.example",
    "\"\"@north.example",
    "\"<@north.example",
    "\"<\\",
    "\"<\\\"@north.example",
    "\"<\001>\"@north.example",
    "\"<\\\001>\"@north.example",
    "\"<\303\251\"@north.example",
    "\"<\"\">\"@north.example",
    "\"<\">@north.example",
    "<\">\"@north.example",
    "\"<\"@\">\"",
    "\"<\"@>.EXAMPLE",
};

int
main(int argc, char **argv)
{
    Draw draw = draw_new(argc > 1 ? argv[1] : "1");

    for (guint turn = 0; turn < 2; turn++)
        for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
            tell_form(&draw, forms[i]);
    draw_free(&draw);
    return 0;
}
