# What a student writes down after playing the world.
"$GLASSPOST" play world.ini > /dev/null || exit 1
tries() {
    "$GLASSPOST" queue world.ini history | sed -n "s/.*@$1>  \([0-9]*\) tr.*/\1/p"
}
cat > answers.txt <<END
nowhere: 550
broken: 250
old: 250
tries-broken: $(tries ${broken}.example)
tries-silent: $(tries ${silent}.example)
END
