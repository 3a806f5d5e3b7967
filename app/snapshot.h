/* app/snapshot.h - what the world looks like now, for the header of a journal's segment.
 *
 *   {"sources":{"smtp/split.c":"..."},              only where the program is not all ours
 *                                                   (trace/viewer/own.c)
 *    "hosts":[{"name":"mx.north.example","down":false,"sessions":1}],
 *    "sessions":[{"host":"mx.north.example","protocol":"submission","user":"alice",
 *                 "journey":"j3","id":"smtp-7","state":"RCPTS","peer":"127.0.0.1","waits":"dns",
 *                 "sender":"alice@north.example","recipients":[...]}],
 *    "messages":[...],"rows":[...],                         see storage/snapshot.h
 *    "left_out":{"sessions":0,"messages":0,"rows":0}}
 *
 * Whoever begins to read at this segment knows from it what the events before it have led to.
 */
#ifndef APP_SNAPSHOT_H
#define APP_SNAPSHOT_H

#include "app/run.h"

#define APP_SNAPSHOT_SESSIONS 200          /* of the whole world */
#define APP_SNAPSHOT_OCTETS   (256 * 1024) /* about, of messages and rows of the whole world */

/* Commits what is open first: the header tells of nothing that may still be undone. */
char *app_snapshot(AppRun *run);

#endif
