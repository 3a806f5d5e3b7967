/* tests/explained.h - a message that came by two hops, and what a page of `glasspost explain` says. */
#ifndef TESTS_EXPLAINED_H
#define TESTS_EXPLAINED_H

#include <locale.h>
#include <string.h>

#include "app/explain.h"

static inline void
expect_in(const char *page, const char *part)
{
    if (strstr(page, part) == NULL)
        g_error("'%s' is missing in:\n%s", part, page);
}

static const char two_hops[] =
    "Return-Path: <alice@north.example>\r\n"
    "Received: from mx.north.example ([127.0.0.2])\r\n"
    "\tby mx.south.example with ESMTP id 2; Mon, 5 Jan 2026 09:00:12 +0000\r\n"
    "RECEIVED: from client.example ([127.0.0.1])\r\n"
    "\tby mx.north.example with ESMTPA id 1;\r\n"
    " Mon, 5 Jan 2026 10:00:02 +0100\r\n"
    "Date: Mon, 5 Jan 2026 09:00:00 +0000\r\n"
    "Authentication-Results: mx.south.example;\r\n"
    "  spf=pass smtp.mailfrom=north.example\r\n"
    "Message-ID: <1@client.example>\r\n"
    "\r\n"
    "Received: in the body, this is none\r\n";

#endif
