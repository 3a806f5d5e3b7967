/* app/ports.h - a free range of ports for a world on loopback. */
#ifndef APP_PORTS_H
#define APP_PORTS_H

#include "app/world.h"

#define APP_PORTS_BASE     10000
#define APP_PORTS_BASES    50 /* ranges tried, a thousand apart */
#define APP_PORTS_BASE_MAX 64000

/**
 * app_ports_choose:
 * @base: 25, 110, 143, 587 and 53 are added to it; 0: the first free one from APP_PORTS_BASE on
 * @chosen: (out): the base taken
 *
 * Sets the ports of @file. On a simulated network every range is free.
 * FALSE: none is free, or not the one asked for (@error names it).
 */
gboolean app_ports_choose(AppWorldFile *file, guint16 base, guint16 *chosen, GError **error);

#endif
