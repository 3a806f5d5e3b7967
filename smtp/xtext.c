/* smtp/xtext.c - xtext: printable ASCII as itself, anything else as "+" and two hexadecimal digits
 * (RFC 3461 §4).
 *
 *   order+207+2B1   >   order 7+1
 *
 * Tests: tests/test_smtp_parameters.c
 */
#include "smtp/xtext.h"

/* "upper case hexadecimal digits", and no others. */
static int
smtp_xtext_digit(char digit)
{
    return g_ascii_islower(digit) ? -1 : g_ascii_xdigit_value(digit);
}

/* The octet that begins at @from, which moves behind it; -1: there is none. */
static int
smtp_xtext_next(const char **from)
{
    const char *at = (*from)++;
    int high, low;

    if (*at != '+')
        return *at >= '!' && *at <= '~' && *at != '=' ? *at : -1;
    high = smtp_xtext_digit(at[1]);
    low = high >= 0 ? smtp_xtext_digit(at[2]) : -1;
    *from += 2;
    return low >= 0 ? high * 16 + low : -1;
}

char *
smtp_xtext_decode(const char *xtext)
{
    g_autoptr(GString) text = g_string_new(NULL);

    while (*xtext != '\0') {
        int octet = smtp_xtext_next(&xtext);

        if (octet < ' ' || octet > '~')
            return NULL;
        g_string_append_c(text, (char)octet);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
