# Glasspost for labs: what make does in the folder that you were given.
#
#   make         links build/glasspost anew for this machine, and the link ./glasspost
#   make demo    a world of three mail hosts, one message, its journey in the viewer
#
# Begin with ./glasspost lab start 1. The sources are for reading; the program comes out of the archives in
# build/, and a file of yours, in a lab, stands in for one of those.

BUILD      = build
CFLAGS    ?= -O0 -g3

PACKAGES   = glib-2.0 sqlite3 gnutls gmime-3.0 json-glib-1.0
CPPFLAGS  += -I. -D_DEFAULT_SOURCE $(shell pkg-config --cflags $(PACKAGES) ncursesw 2>/dev/null)
WARNINGS   = -std=c17 -Wall -Wextra
LDLIBS    += $(shell pkg-config --libs $(PACKAGES) ncursesw 2>/dev/null) -lresolv

ARCHIVES   = $(BUILD)/libcommands.a $(BUILD)/libgrader.a $(BUILD)/libview.a $(BUILD)/libglasspost.a $(BUILD)/libsources.a

all: $(BUILD)/lab.flags $(BUILD)/glasspost

$(BUILD)/glasspost: $(ARCHIVES)
	@sh setup.sh build
	$(CC) $(WARNINGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
	@ln -sf $@ glasspost

# How the grader compiles your file. The paths begin at this file's folder.
$(BUILD)/lab.flags: Makefile
	@printf '[build]\nroot = ..\narchives = .\ncompiler = %s\nflags = %s\nlink = %s\n' '$(CC)' \
	    '$(WARNINGS) $(CPPFLAGS) $(CFLAGS)' '$(LDFLAGS) $(LDLIBS)' > $@

demo: all
	@./glasspost demo

.PHONY: all demo
