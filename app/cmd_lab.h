/* app/cmd_lab.h - what the files behind `glasspost lab` share. */
#ifndef APP_CMD_LAB_H
#define APP_CMD_LAB_H

#include "labs/grader/work.h"

/* What the command line asks for. */
typedef struct AppLab {
    char *labs; /* the folder of all labs */
    char *base; /* of the work folders */
    char *folder, *id, *seeds, *with, *cache, *keep;
    gboolean json, terse, csv, all, plain;
} AppLab;

/* ---- what the words begin with ---- */

/* The lab called @which: 3, 03-split. */
Lab *app_lab_load(const AppLab *lab, const char *which, GError **error);
/* The work folder of @which, as it was started. */
LabWork *app_lab_open(const AppLab *lab, const char *which, GError **error);

/* The labs in @folder, or the work folders; no backups (03-split.1). By name. */
GPtrArray *app_lab_names(const char *folder);

/* ---- the words; each returns the exit status ---- */

/* cmd_lab_start.c */
int app_lab_start(AppLab *lab, const char *which);
int app_lab_reset(AppLab *lab, const char *which);
/* cmd_lab_check.c */
int app_lab_check(AppLab *lab, const char *which);
int app_lab_collect(AppLab *lab, const char *which);
/* cmd_lab_help.c */
int app_lab_hint(AppLab *lab, const char *which);
int app_lab_why(AppLab *lab, const char *which);
int app_lab_demo(AppLab *lab, const char *which);

#endif
