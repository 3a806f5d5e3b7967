/* trace/viewer/why_words.h - what stands in the data of an event, in the reader's language. */
#ifndef TRACE_VIEWER_WHY_WORDS_H
#define TRACE_VIEWER_WHY_WORDS_H

#include "trace/stage.h"

/* The name of a datum ("ttl") in words, as it is meant at @stage; the name itself where it has
 * none. */
const char *view_why_word(Stage stage, const char *key);

/* What became of something: its name, which filters and breakpoints go by, and behind it, in
 * another language than English, what it means: "later (später)". To be freed. */
char *view_why_outcome(const char *name);

#endif
