/* tests/fuzz/fuzz.h - what all fuzz targets share. Each is one file, fuzz_FOLDER_MODULE.c.
 *
 * libFuzzer calls LLVMFuzzerTestOneInput() again and again with octets that it changes so that
 * they reach code which none before reached. A target fails by crashing, by a sanitizer's
 * complaint, by an assertion of its own about what must be true of any octets, or by time.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *octets, gsize length);

/* The input as text: what lies behind a NUL is not seen. */
static inline char *
fuzz_text(const guint8 *octets, gsize length)
{
    return g_strndup((const char *)octets, length);
}

#endif
