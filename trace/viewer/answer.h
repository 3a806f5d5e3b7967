/* trace/viewer/answer.h - what the server answered, whatever its shape: a wrong one reads as empty. */
#ifndef TRACE_VIEWER_ANSWER_H
#define TRACE_VIEWER_ANSWER_H

#include <json-glib/json-glib.h>

/* The list of that name; NULL: there is none. */
JsonArray *view_answer_list(JsonObject *answer, const char *key);
/* An element that is an object; NULL: it is none. */
JsonObject *view_answer_object(JsonArray *list, guint i);
/* The text of that name, newly allocated; "": there is none. */
char *view_answer_word(JsonObject *object, const char *key);
/* The number of that name; 0: there is none. */
gint64 view_answer_number(JsonObject *object, const char *key);
/* All texts of the list of that name, @most of them (char *, never NULL). */
GPtrArray *view_answer_words(JsonObject *answer, const char *key, guint most);

#endif
