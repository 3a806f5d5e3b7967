/* judge/lists.h - MX records for the harnesses, and the list that comes of them. */
#ifndef LAB_MX_LISTS_H
#define LAB_MX_LISTS_H

#include <stdio.h>
#include <string.h>

#include "dns/mx_inside.h"

static inline void
lists_host_free(gpointer data)
{
    DnsMxHost *host = data;

    g_free(host->name);
    g_free(host);
}

static inline GPtrArray *
lists_records(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dns_record_free);
}

static inline void
lists_add(GPtrArray *records, guint preference, const char *name)
{
    g_ptr_array_add(records, dns_record_new("far.example", DNS_MX, 300, (guint16)preference, name));
}

/* NULL: the domain takes no mail. */
static inline GPtrArray *
lists_order(const GPtrArray *records, NetChance *chance)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(lists_host_free);

    if (!dns_mx_order_choose("far.example", records, hosts))
        return NULL;
    dns_mx_order(NULL, "far.example", hosts, chance);
    return g_steal_pointer(&hosts);
}

#endif
