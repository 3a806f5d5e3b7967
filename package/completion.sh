#!/bin/sh
# package/completion.sh - completion for bash, made from what --help says.
#
#   sh package/completion.sh build/glasspost > build/glasspost.bash
set -eu
program=$1

commands=$("$program" --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p')
options() { LC_ALL=C.UTF-8 "$program" "$1" --help | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' | tr '\n' ' '; }
# The words that a usage offers: "WORLD.ini list | show|retry ID" gives: list show retry.
words() {
    LC_ALL=C.UTF-8 "$program" "$1" --help | sed -n "s/^glasspost $1 //p" |
        sed -e 's/\[[^]]*\]//g' -e 's/[A-Z][A-Za-z._]*//g' | tr '|' '\n' |
        sed -n 's/^[ ]*\([a-z][a-z0-9]*\)\( .*\)\{0,1\}$/\1/p' | tr '\n' ' '
}

cat <<EOF
# Completion of glasspost's commands, options and files for bash. Made from its --help.
_glasspost() {
    local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]}
    local options='' words=''

    if [ "\$COMP_CWORD" = 1 ]; then
        COMPREPLY=(\$(compgen -W "$(echo $commands) --help --version" -- "\$word"))
        return
    fi
    case \$command in
EOF
for command in $commands; do
    printf '    %s)\n        options="%s"\n        words="%s" ;;\n' "$command" "$(options "$command")" "$(words "$command")"
done
cat <<'EOF'
    esac
    [ "${COMP_WORDS[COMP_CWORD - 1]}" != --scenario ] || words=$("${COMP_WORDS[0]}" demo --list | cut -d' ' -f1)
    case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
    esac
}
complete -o filenames -F _glasspost glasspost ./glasspost
EOF
