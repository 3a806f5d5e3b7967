#!/usr/bin/env python3
"""po/collect.py - the sources, with the words of trace calls marked, for xgettext.

    python3 po/collect.py FOLDER FILE...        writes FOLDER/FILE for each

A trace call's text is not marked in the source: what a call says is always shown. Here each string
in such a call, the clauses that are filled in among them, becomes _("..."); and so does what the
viewer's own calls are given to show, which look it up themselves. xgettext then reads the copies.

Of a scenario's file and of a lab's `checks` it takes what is shown before and after: title, watch, ending. A lab
fills its own names in (${user}): they are arguments there, and found again in the finished sentence.
"""
import os
import re
import sys

# The calls, and which of their arguments are words: the first and the last.
CALLS = {
    **{'trace_' + kind: (2, 99) for kind in 'decision state dns timer wire sql error emit'.split()},
    'trace_input': (1, 99),
    'view_notice': (1, 1), 'view_lines_add': (3, 3), 'view_lines_add_most': (4, 4), 'view_putf': (5, 5),
    'app_explain_line': (1, 2),
    # What these are given becomes part of an event's sentence.
    **dict.fromkeys("""dns_mx_refuse dns_mx_finish dns_exchange_stray dns_server_tell_zones smtp_split_wrong
        smtp_relay_no_answer smtp_relay_broken smtp_relay_down_note smtp_relay_tell_not_written
        smtp_relay_hosts_refuse smtp_client_cut smtp_client_give_up smtp_greylist_put_off smtp_greylist_begin
        smtp_greylist_pass smtp_recipient_add smtp_queue_try_later pop3_client_fail""".split(), (0, 99)),
}
# What a lab's check expected and found is put together when it is judged.
IN_GRADER = {**dict.fromkeys('g_strdup g_strdup_printf lab_row_fail'.split(), (0, 99)), 'lab_verdict_fails': (1, 99)}
# Why a filter or a fault is not understood: the viewer tells it.
IN_MENUS = {**CALLS, 'g_set_error': (3, 99)}
MENUS = ('trace/filter.c', 'trace/fault.c')
JUDGES = re.compile(r'labs/grader/(judge|rule|row|answer|same|predicted|process|build|build_words)\.c$')
STRING = r'"(?:[^"\\\n]|\\.)*"'
# GLib's names of lengths: what they are on Linux with 64 bits.
LENGTHS = {'G_GINT64_FORMAT': 'li', 'G_GUINT64_FORMAT': 'lu', 'G_GSIZE_FORMAT': 'lu', 'G_GSSIZE_FORMAT': 'li'}
TEXT = re.compile(STRING + r'(?:\s*' + STRING + ')*')
PLURAL = re.compile(r'(ngettext\(\s*' + TEXT.pattern + r',\s*' + TEXT.pattern + ')')
TOKEN = re.compile(STRING + r"|'(?:[^'\\]|\\.)+'|/\*.*?\*/|[(){},]", re.S)


def with_lengths(source):
    """"%" G_GINT64_FORMAT " octets" is "%" "li" " octets"."""
    return re.sub('|'.join(LENGTHS), lambda name: '"%s"' % LENGTHS[name.group()], source)


def words_of_call(source, start, first, last):
    """Where the words among the arguments begin and end, in the bracket that is open at start."""
    depth, argument, begin, end = 1, 0, start, None
    for token in TOKEN.finditer(source, start):
        depth += 1 if token.group() in '({' else -1 if token.group() in ')}' else 0
        if depth == 1 and token.group() == ',':
            argument += 1
            begin = token.end() if argument == first else begin
            end = token.start() if argument == last + 1 else end
        if depth == 0:
            return begin, end or token.start()
    return start, start


def marked(arguments):
    def mark(found):
        text = ''.join(re.findall(STRING, found.group())).replace('""', '')
        bare = re.sub(r'%[-0-9.]*(?:l?[a-z]|%)', '', text)
        if text.startswith('"RFC ') or not re.search('[a-z][a-z ]*[a-z]', bare):
            return found.group()  # nothing to translate
        return '_(%s)' % found.group()
    parts = PLURAL.split(arguments)  # the odd ones are plurals, which xgettext knows
    return ''.join(part if i % 2 else TEXT.sub(mark, part) for i, part in enumerate(parts))


def collect(source, calls):
    source = with_lengths(source)
    names = re.compile(r'\b(' + '|'.join(calls) + r')\s*\(')
    out = []
    done = 0
    for call in names.finditer(source):
        begin, end = words_of_call(source, call.end(), *calls[call.group(1)])
        if begin < done:
            continue
        out.append(source[done:begin] + marked(source[begin:end]))
        done = end
    return ''.join(out) + source[done:]


def collect_scenario(text):
    told = re.findall(r'^(?:title|watch|ending|text) = (.*)$', text, re.M)
    return ''.join('N_("%s")\n' % re.sub(r'\$\{[a-z_]+\}', '%s', line.replace('%', '%%')).replace('\\', '\\\\')
                   .replace('"', '\\"') for line in told)


def main():
    folder = sys.argv[1]
    for name in sys.argv[2:]:
        target = os.path.join(folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(name, encoding='utf-8') as file:
            source = file.read()
        with open(target, 'w', encoding='utf-8') as file:
            calls = IN_GRADER if JUDGES.match(name) else IN_MENUS if name in MENUS else CALLS
            file.write(collect(source, calls) if name.endswith('.c') else collect_scenario(source))


main()
