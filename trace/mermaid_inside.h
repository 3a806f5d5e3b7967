/* trace/mermaid_inside.h - what trace/mermaid*.c share: who takes part, and what is drawn. */
#ifndef TRACE_MERMAID_INSIDE_H
#define TRACE_MERMAID_INSIDE_H

#include "trace/mermaid.h"

typedef struct TraceMermaidWho {
    char *name;
    gboolean actor; /* a person's program, not a host */
} TraceMermaidWho;

typedef enum {
    TRACE_MERMAID_NOTE, /* at one participant */
    TRACE_MERMAID_WIDE, /* over all: an input, the move to the next host */
    TRACE_MERMAID_SAYS, /* an arrow */
    TRACE_MERMAID_ANSWERS,
    TRACE_MERMAID_REFUSES,
} TraceMermaidForm;

typedef struct TraceMermaidItem {
    TraceMermaidForm form;
    guint from, to;   /* participants; of a note the same twice */
    const char *host; /* whose work it is; NULL: nobody's */
    char *text;
} TraceMermaidItem;

struct TraceMermaid {
    GPtrArray *who;      /* TraceMermaidWho, in the order in which they were met */
    GPtrArray *items;    /* TraceMermaidItem */
    GStringChunk *names; /* owns the strings below; equal ones are the same */
    GHashTable *at;      /* seq -> the host where it was */
    GHashTable *others;  /* "host session" -> who is at the other end */
    GPtrArray *hosts;    /* const char *: those that have told something */
    Stage last;          /* of the event told before */
    guint left_out;
};

#endif
