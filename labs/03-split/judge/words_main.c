/* judge/words_main.c - users without quotes, and what may stand behind the @: 44 addresses by seed. */
#include "labs/03-split/judge/tell.h"

/* A word stands for each < and each >. */
static const char *const forms[] = {
    "<@>.example",
    "<@NORTH.Example",
    "<.>@north.example",
    "<+>@north.example",
    "<-_'>@north.example",
    ".<@north.example",
    "<.@north.example",
    "<..>@north.example",
    "< >@north.example",
    "<,>@north.example",
    "<(>)@north.example",
    "<\303\251@north.example",
    "@>.example",
    "<",
    "<@",
    "<@@>.example",
    "<@>@third.example",
    "<@>.example SIZE=10",
    "<@[127.0.0.2]",
    "<@[IPv6:::1]",
    "<@[127.0.0.2",
    "postmaster",
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
