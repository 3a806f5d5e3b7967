/* app/control.h - who steers a world at work: the control socket, signals, and the held gate. */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#include "app/run.h"

/* What happens around holding: the journal is written, the clock stands, only control is heard. */
TraceGateHooks app_control_gate_hooks(AppRun *run);
/* Listens on control.sock of the state folder. */
gboolean app_control_open(AppRun *run, GError **error);
/* SIGINT and SIGTERM end the world cleanly, held or not. They come by signalfd: one thread. */
void app_control_open_signals(AppRun *run);

#endif
