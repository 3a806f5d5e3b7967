# Glasspost: a mail server you can see through.
#
#   make         build build/glasspost, and the link ./glasspost
#   make demo    a world of three mail hosts, one message, its journey in the viewer
#   make test    build and run every test          SANITIZE=1: with ASan and UBSan
#   make test-labs     every lab for twenty ids       make student-pack   what instructors hand out
#   make fuzz    every fuzz target for SECONDS=60, two at a time (libFuzzer)   SEED=1: the same way each time
#   make pages   every demo as an HTML page, and an index, in PAGES=build/pages
#   make lint    layout and static checks           make bench  figures (never a test)
#   make screens write the viewer's saved screens anew, after a change that is meant: look at each
#   make po      collect the words to translate, merge them into po/*.po     NEW=fr: begin a language
#   make install, uninstall   below PREFIX=/usr/local (and DESTDIR)      make deb   a Debian package
#   make help    this list, and the variables
#
# The lists below are the map of the house: folder by folder, in reading order.

BUILD     ?= build
CFLAGS    ?= -O0 -g3
SCENARIO  ?= remote
SANITIZE  ?=

PACKAGES   = glib-2.0 sqlite3 gnutls gmime-3.0 json-glib-1.0
CPPFLAGS  += -I. -I$(BUILD) -D_DEFAULT_SOURCE $(shell pkg-config --cflags $(PACKAGES) ncursesw 2>/dev/null)
WARNINGS   = -std=c17 -Wall -Wextra
LDLIBS    += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lresolv
VIEWLIBS   = $(shell pkg-config --libs ncursesw 2>/dev/null)

ifeq ($(SANITIZE),1)
override BUILD := $(BUILD)-sanitize
WARNINGS  += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS   += -fsanitize=address,undefined
endif

# trace/: what happened, told as events. The first group is shared with the viewer.
TRACE_PURE = trace/stage.c trace/text.c trace/redact.c trace/event.c trace/line.c trace/data.c trace/filter.c trace/worth.c \
             trace/fleeting.c trace/export.c trace/words.c trace/words_form.c trace/words_template.c trace/words_sentence.c trace/words_label.c
TRACE      = trace/trace.c trace/speaker.c trace/put.c trace/wire.c trace/fault.c trace/segment.c trace/journal.c \
             trace/gate.c trace/socket.c trace/commands.c trace/control.c \
             trace/mermaid.c trace/mermaid_write.c trace/otlp.c trace/otlp_message.c trace/otlp_event.c trace/otlp_write.c \
             trace/pseudonym.c trace/handout.c
VIEWER     = trace/viewer/reader.c trace/viewer/cursor.c trace/viewer/fields.c trace/viewer/entry.c \
             trace/viewer/tables.c trace/viewer/known.c \
             trace/viewer/model.c trace/viewer/value.c trace/viewer/match.c \
             trace/viewer/tally.c trace/viewer/track.c trace/viewer/code.c trace/viewer/state.c \
             trace/viewer/keys.c trace/viewer/moves.c trace/viewer/runs.c trace/viewer/hunt.c trace/viewer/prompt.c \
             trace/viewer/colon.c trace/viewer/keep.c \
             trace/viewer/screen.c trace/viewer/lines.c trace/viewer/draw.c \
             trace/viewer/words.c trace/viewer/ladder.c trace/viewer/strip.c trace/viewer/stages.c trace/viewer/foot.c \
             trace/viewer/panes.c trace/viewer/why.c trace/viewer/why_words.c trace/viewer/panes_past.c trace/viewer/fold.c \
             trace/viewer/fold_rows.c trace/viewer/fold_session.c trace/viewer/facts.c \
             trace/viewer/rfc_titles.c trace/viewer/pages.c trace/viewer/story.c trace/viewer/help.c \
             trace/viewer/sessions.c trace/viewer/answer.c trace/viewer/faults.c trace/viewer/send.c \
             trace/viewer/by_hand.c trace/viewer/fetch.c trace/viewer/map.c \
             trace/viewer/sheet.c trace/viewer/explain.c trace/viewer/compare.c trace/viewer/compare_page.c \
             trace/viewer/rerun.c trace/viewer/whatif.c trace/viewer/whatif_rows.c trace/viewer/whatif_ends.c \
             trace/viewer/whatif_page.c trace/viewer/whatif_walk.c \
             trace/viewer/predict.c trace/viewer/predict_sign.c trace/viewer/predict_take.c trace/viewer/predict_keep.c \
             trace/viewer/predict_on.c \
             trace/viewer/ask.c trace/viewer/ask_page.c trace/viewer/score.c trace/viewer/follow.c \
             trace/viewer/follow_page.c \
             trace/viewer/plain.c trace/viewer/plain_tell.c \
             trace/viewer/terminal.c trace/viewer/link.c trace/viewer/view.c
# trace/pages/: a journal as one HTML page, made of what the viewer shows.
PAGES_C    = trace/pages/json.c trace/pages/texts.c trace/pages/choose.c trace/pages/tell.c trace/pages/ladders.c trace/pages/asks.c \
             trace/pages/setting.c trace/pages/page.c
PAGE_FILES = trace/pages/page.html trace/pages/page.css $(addprefix trace/pages/,page.js ladder.js parts.js over.js keys.js)

# net/: the loop, time, chance, and two networks behind one door.
NET        = net/line.c net/chance.c net/clock.c net/tally.c net/loop.c net/item.c net/conn.c net/pair.c net/port.c \
             net/tls.c net/seal.c net/address.c net/socket.c net/sim.c net/service.c net/served.c

# dns/: the resolver that asks, and the name server that answers.
DNS        = dns/name.c dns/record.c dns/message.c dns/cache.c dns/asking.c dns/exchange.c dns/exchange_tcp.c \
             dns/exchange_fault.c dns/verdict.c dns/resolver.c dns/mx.c dns/mx_order.c dns/mx_outcome.c \
             dns/zone_words.c dns/zone.c dns/zone_lookup.c dns/writer.c dns/answer.c dns/server.c

# storage/: one SQLite database a host.
STORAGE    = storage/store.c storage/statement.c storage/open.c storage/tell.c storage/asked.c storage/account.c \
             storage/verifier.c storage/sasl.c storage/scram.c storage/login.c \
             storage/draft.c storage/digest.c storage/message.c storage/index.c storage/part.c storage/index_found.c \
             storage/index_json.c storage/index_read.c storage/encoded_word.c storage/address.c storage/envelope.c \
             storage/envelope_write.c \
             storage/mailbox.c storage/rename.c storage/unfinished.c storage/listing.c \
             storage/entry.c storage/change.c storage/queue.c storage/wish.c storage/attempt.c storage/by_hand.c \
             storage/archive.c storage/greylist.c storage/notify.c storage/recent.c storage/snapshot.c

# smtp/: taking mail in, and passing it on.
SMTP_TAKE  = smtp/session.c smtp/commands.c smtp/verify.c smtp/reply.c smtp/connect.c smtp/limits.c smtp/tls.c \
             smtp/auth.c smtp/envelope.c smtp/parameters.c smtp/xtext.c smtp/wish.c smtp/sender.c smtp/split.c \
             smtp/split_domain.c smtp/split_address.c smtp/split_path.c \
             smtp/route.c smtp/route_host.c smtp/route_relay.c smtp/permit.c \
             smtp/recipient.c smtp/recipient_kinds.c smtp/alias.c smtp/copies.c \
             smtp/body.c smtp/data.c smtp/dot.c smtp/accept.c smtp/circle.c smtp/keep.c smtp/head.c smtp/received.c \
             smtp/policy.c smtp/filter.c smtp/filter_rules.c smtp/filter_words.c smtp/filter_list.c \
             smtp/filter_text.c smtp/blind.c smtp/disown.c smtp/greylist.c smtp/upkeep.c smtp/held.c smtp/deliver.c \
             smtp/enquiry.c smtp/snapshot.c
SMTP_SEND  = smtp/queue.c smtp/relays.c smtp/relay.c smtp/relay_down.c smtp/relay_hosts.c smtp/relay_call.c \
             smtp/relay_talk.c smtp/relay_over.c smtp/relay_settle.c smtp/client.c smtp/client_steps.c \
             smtp/client_offers.c smtp/client_mail.c smtp/client_body.c smtp/client_reply.c smtp/schedule.c smtp/retry.c \
             smtp/bounce.c smtp/bounce_wanted.c smtp/bounce_to.c smtp/bounce_send.c smtp/bounce_report.c \
             smtp/bounce_text.c smtp/bounce_lines.c

# pop3/ and imap/: the two ways to read.
POP3       = pop3/session.c pop3/commands.c pop3/login.c pop3/maildrop.c pop3/kept.c pop3/listing.c pop3/retrieve.c pop3/update.c \
             pop3/client.c
IMAP       = imap/session.c imap/answer.c imap/tell.c imap/framing.c imap/commands.c imap/commands_auth.c \
             imap/commands_mailbox.c imap/select.c imap/list.c imap/list_parse.c imap/status.c imap/quota.c \
             imap/enable.c imap/commands_message.c imap/copy.c imap/expunge.c imap/append.c \
             imap/parse.c imap/name.c imap/sequence.c imap/saved.c imap/uids.c imap/kept.c imap/write.c imap/recent.c imap/view.c imap/page.c \
             imap/fetch.c imap/fetch_body.c imap/fetch_binary.c imap/decode.c imap/items.c imap/section.c \
             imap/structure.c imap/header.c imap/search.c imap/esearch.c imap/keys.c imap/match.c imap/scan.c \
             imap/idle.c imap/client.c

# app/: the world file, hosts wired together, one file a subcommand.
APP        = app/keys.c app/ini.c app/world.c app/world_scan.c app/host.c app/host_prepare.c app/caller.c app/refusal.c \
             app/serve_smtp.c \
             app/serve_pop3.c app/serve_imap.c app/state.c app/run.c app/inputs.c app/snapshot.c app/control.c app/script.c \
             app/command.c app/compose.c app/presets.c app/message.c app/attach.c \
             app/recorded.c app/recorded_again.c app/whatif.c app/change.c app/change_dns.c \
             app/attach_type.c app/agent.c \
             app/agent_send.c app/agent_fetch.c app/agent_crowd.c app/admin.c app/admin_queue.c app/remote.c app/ports.c \
             app/explain_codes.c app/explain_replies.c app/explain_enhanced.c app/explain_reading.c \
             app/explain_stage.c app/explain_received.c \
             app/explain_hops.c app/explain_date.c app/explain_page.c app/explain_word.c
COMMANDS   = app/main.c app/command_line.c app/dialogue.c app/cmd_demo.c app/cmd_serve.c app/cmd_play.c \
             app/cmd_whatif.c \
             app/cmd_view.c app/cmd_ctl.c app/cmd_send.c app/cmd_fetch.c app/cmd_talk.c \
             app/cmd_admin.c app/cmd_dns.c app/cmd_route.c app/cmd_export.c app/export.c app/cmd_explain.c \
             app/cmd_lab.c app/cmd_lab_start.c app/cmd_lab_check.c app/cmd_lab_help.c

# labs/grader/: behind `glasspost lab`: a lab is read, its worlds are played, its checks judged.
GRADER     = labs/grader/lab.c labs/grader/lab_file.c labs/grader/lab_run.c labs/grader/lab_check.c \
             labs/grader/identity.c labs/grader/take.c labs/grader/process.c labs/grader/copy.c \
             labs/grader/judge.c labs/grader/rule.c labs/grader/row.c labs/grader/answer.c labs/grader/same.c labs/grader/predicted.c \
             labs/grader/report.c labs/grader/work.c labs/grader/house.c labs/grader/build.c \
             labs/grader/build_compile.c labs/grader/build_known.c labs/grader/build_words.c \
             labs/grader/grade.c labs/grader/case.c labs/grader/collect.c

LIB        = $(TRACE_PURE) $(TRACE) $(NET) $(DNS) $(STORAGE) $(SMTP_TAKE) $(SMTP_SEND) $(POP3) $(IMAP) $(APP)
TESTSRC    = $(wildcard tests/test_*.c)

# In the order in which one needs the next.
ARCHIVES   = $(BUILD)/libgrader.a $(BUILD)/libview.a $(BUILD)/libglasspost.a $(BUILD)/libsources.a

SCHEMAS    = $(BUILD)/storage/schema.o $(BUILD)/storage/migrations.o
CATALOGUES = $(BUILD)/po/catalogues.o
objects    = $(patsubst %.c,$(BUILD)/%.o,$(1))
TESTSCRIPTS = $(wildcard tests/test_*.py tests/test_*.sh)
ALLSOURCES = $(LIB) $(VIEWER) $(PAGES_C) $(COMMANDS) $(GRADER) $(TESTSRC) $(wildcard tests/fuzz/*.c) $(wildcard */*.h trace/viewer/*.h trace/pages/*.h labs/grader/*.h tests/fuzz/*.h)
TESTBIN    = $(patsubst %.c,$(BUILD)/%,$(TESTSRC))

all: $(BUILD)/glasspost $(BUILD)/lab.flags $(patsubst $(BUILD)/%,$(BUILD)/lean/%,$(BUILD)/libcommands.a $(ARCHIVES))

# All of it lies in archives, so that a student's file can be linked before the one it stands in for.
$(BUILD)/glasspost: $(BUILD)/libcommands.a $(ARCHIVES)
	$(CC) $(WARNINGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(VIEWLIBS)
	@test "$(BUILD)" != build || ln -sf build/glasspost glasspost

# What a student's file is linked with: without what debuggers read, in a tenth of the time.
$(BUILD)/lean/%.a: $(BUILD)/%.a
	@mkdir -p $(@D)
	objcopy --strip-debug $< $@

# How the grader compiles a student's file (labs/grader/build.c).
$(BUILD)/lab.flags: Makefile
	@mkdir -p $(@D)
	@printf '[build]\nroot = %s\narchives = %s\ncompiler = %s\nflags = %s\nlink = %s\n' '$(CURDIR)' \
	    '$(abspath $(BUILD)/lean)' '$(CC)' '$(WARNINGS) $(CPPFLAGS) $(CFLAGS)' '$(LDFLAGS) $(LDLIBS) $(VIEWLIBS)' > $@

$(BUILD)/libcommands.a: $(call objects,$(COMMANDS))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libgrader.a: $(call objects,$(GRADER))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libglasspost.a: $(call objects,$(LIB)) $(SCHEMAS) $(CATALOGUES)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libview.a: $(call objects,$(VIEWER) $(PAGES_C)) $(BUILD)/trace/pages/assets.o
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The schema is SQL that a student can read; in the binary it is a string, store_schema.
$(SCHEMAS:.o=.c): $(BUILD)/%.c: %.sql
	@mkdir -p $(@D)
	(echo 'extern const char store_$(*F)[];'; echo 'const char store_$(*F)[] ='; sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $<; echo ';') > $@
$(SCHEMAS): %.o: %.c
	$(CC) $(WARNINGS) $(CFLAGS) -c -o $@ $<

# The catalogues of all languages, compiled in as well (trace/words.h, po/README.md).
$(CATALOGUES:.o=.c): po/embed.sh $(wildcard po/*.po)
	@mkdir -p $(@D)
	sh po/embed.sh $(@D) $(filter %.po,$^) > $@
$(CATALOGUES): %.o: %.c
	$(CC) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What is to be translated, from the sources into po/glasspost.pot and on into each language.
po:
	@sh setup.sh po
	@LANGUAGE_NEW=$(NEW) sh po/update.sh $(BUILD) $(LIB) $(VIEWER) $(PAGES_C) $(COMMANDS) $(GRADER)

# The sources themselves, for the viewer's Code pane.
SOURCES    = $(LIB) $(COMMANDS) $(GRADER) storage/schema.sql storage/migrations.sql
$(BUILD)/sources.c: trace/viewer/embed.sh $(SOURCES)
	@mkdir -p $(@D)
	sh trace/viewer/embed.sh $(SOURCES) > $@
$(BUILD)/sources.o: $(BUILD)/sources.c
	$(CC) $(WARNINGS) $(CPPFLAGS) -O0 -c -o $@ $<
# What a page is made of, in the same form.
$(BUILD)/trace/pages/assets.c: trace/viewer/embed.sh $(PAGE_FILES)
	@mkdir -p $(@D)
	TABLE=page_assets sh trace/viewer/embed.sh $(PAGE_FILES) > $@
$(BUILD)/trace/pages/assets.o: $(BUILD)/trace/pages/assets.c
	$(CC) $(WARNINGS) $(CPPFLAGS) -O0 -c -o $@ $<
# An archive, so that a test may bring sources of its own instead; trace/viewer/own.c is for a student's program.
$(BUILD)/libsources.a: $(BUILD)/sources.o $(BUILD)/trace/viewer/own.o
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/tests/dialog.o $(ARCHIVES)
	$(CC) $(WARNINGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(VIEWLIBS)

# Built by tests/fuzz/run alone, with clang and its flags in a folder of its own.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/dialog.o $(ARCHIVES)
	$(CC) $(WARNINGS) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

demo:
	@sh setup.sh build && { test -x $(BUILD)/glasspost || echo "Building, which takes a minute or two this first time."; }
	@$(MAKE) --no-print-directory -s -j2 all
	@./glasspost demo --scenario $(SCENARIO)

# Test programs print TAP; scripts among them drive real clients and the viewer in tmux.
test:
	@sh setup.sh test
	@$(MAKE) --no-print-directory -s -j2 all $(TESTBIN)
	@BUILD=$(BUILD) prove -j2 --timer --exec 'sh tests/run' $(TESTBIN) $(TESTSCRIPTS)

# Every lab for twenty ids: start fails, solution passes, each wrong one is refused for the same reasons.
test-labs: all
	@LABS_IDS=20 LABS_PACK=1 BUILD=$(BUILD) prove --timer --exec 'sh tests/run' tests/test_labs.py tests/test_labs_student.py

# For instructors to hand out: no solutions in it, the stages under study as object code.
student-pack: all
	@BUILD=$(BUILD) sh labs/pack.sh

# What is drawn has changed, and is meant to: git diff tests/screens shows each of them.
screens: $(BUILD)/tests/test_viewer_screen $(BUILD)/tests/test_viewer_stages $(BUILD)/tests/test_viewer_send $(BUILD)/tests/test_viewer_words $(BUILD)/tests/test_viewer_predict
	@for test in $^; do SAVE_SCREENS=1 $$test > /dev/null || echo "$$test fails"; done

# The program and its load are built with -O2, in a folder of their own. Postfix and Dovecot run beside it.
bench:
	@sh setup.sh bench
	@$(MAKE) --no-print-directory -s -j2 BUILD=build-O2 CFLAGS='-O2 -g' all build-O2/tests/bench_load build-O2/tests/bench_sink build-O2/tests/bench_trace build-O2/tests/bench_view
	@build-O2/tests/bench_view
	@build-O2/tests/bench_trace
	@BUILD=build-O2 python3 tests/bench.py
	@BUILD=build-O2 python3 tests/bench_reading.py

SECONDS   ?= 60
SEED      ?= 0
fuzz:
	@sh setup.sh fuzz
	@SEED=$(SEED) sh tests/fuzz/run $(SECONDS) $(TARGETS)

lint:
	@sh setup.sh lint
	@clang-format --dry-run -Werror $(ALLSOURCES)
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability --inline-suppr \
	    --library=gtk --library=posix $(LINTMACROS) -I. $(filter-out tests/%,$(filter %.c,$(ALLSOURCES)))

# GLib's macros that cppcheck cannot see through.
LINTMACROS = -D'G_DEFINE_AUTOPTR_CLEANUP_FUNC(a,b)=' -D'G_GNUC_PRINTF(a,b)=' -D'G_DEFINE_QUARK(a,b)=' \
             -D'G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(a,b)=' -D'G_GNUC_FORMAT(a)='

# All scenarios and the labs' demos as HTML pages with an index, for any web server: trace/pages/README.md.
PAGES     ?= $(BUILD)/pages
pages: all
	@BUILD=$(BUILD) sh trace/pages/make.sh $(PAGES)

# What leaves the house: package/README.md.
PREFIX    ?= /usr/local
install: all
	@BUILD=$(BUILD) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) sh package/install.sh
uninstall:
	@DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) sh package/install.sh remove
deb:
	@$(MAKE) --no-print-directory -s -j2 BUILD=build-O2 CFLAGS='-O2 -g' all
	@BUILD=build-O2 sh package/deb.sh

help:
	@sed -n '/^#   make/s/^# *//p' Makefile
	@echo 'variables: BUILD=folder CC=clang CFLAGS="-O2 -g" SCENARIO=name SANITIZE=1'

clean:
	rm -rf $(BUILD) $(BUILD)-sanitize build-fuzz glasspost

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all clean demo pages po screens test fuzz lint bench install uninstall deb help test-labs student-pack
.PRECIOUS: $(BUILD)/%.o
