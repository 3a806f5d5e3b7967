# Reads the three events off the case; what the causes are was drawn for this student.
first() {
    grep "$1" case/journal-0001.ndjson | grep "$2" | sed -n "s/^{\"seq\":\([0-9]*\),.*/\1/p" | sed -n "$3p"
}

cat > answers.txt <<END
event-1: $(first '"stage":"retry","kind":"decision"' '"journey":"j1"' 1)
cause-1: ${first}
remedy-1: c
event-2: $(first '"host":"mx.${far}.example".*"kind":"wire".*"code":4' '"journey":"j2"' 1)
cause-2: ${second}
remedy-2: b
event-3: $(first '"stage":"deliver","kind":"decision"' '"journey":"j3"' 2)
cause-3: ${third}
remedy-3: e
END
