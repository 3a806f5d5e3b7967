#!/bin/sh
# labs/internet/make.sh LIST [FOLDER] - a world for each machine of a class, and the zone that joins them.
#
# LIST: a line a machine, "NAME ADDRESS"; the first one is the teacher's, which runs the name server:
#
#     teacher  192.168.7.10
#     anna     192.168.7.21
#     ben      192.168.7.22
#
# FOLDER (default: class): gets NAME/world.ini for each, and class.zone in the first one's folder. Each
# machine then runs `glasspost serve world.ini`; labs/internet/README.md goes on from there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "make.sh: $*" >&2; exit 2; }

[ $# -ge 1 ] && [ $# -le 2 ] || fail "usage: make.sh LIST [FOLDER]"
[ -r "$1" ] || fail "$1 can't be read"
folder=${2:-class}
[ ! -e "$folder" ] || fail "$folder is there already: take another name, or remove it"

# Comments and empty lines go; what is left must be a name that a domain may have, and an address.
list=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1")
[ -n "$list" ] || fail "$1 names no machine"
echo "$list" | while read -r name address more; do
    echo "$name" | grep -qxE '[a-z]([a-z0-9-]{0,30}[a-z0-9])?' ||
        fail "'$name': a name has letters a to z, digits and -, 32 at most, and begins with a letter"
    echo "$address" | grep -qxE '[0-9]{1,3}(\.[0-9]{1,3}){3}' || fail "'$name': '$address' is no IPv4 address"
    [ -z "$more" ] || fail "'$name': one name and one address in a line"
done
for column in 1 2; do
    twice=$(echo "$list" | awk "{ print \$$column }" | sort | uniq -d | head -n 1)
    [ -z "$twice" ] || fail "'$twice' stands twice in $1"
done

first=$(echo "$list" | head -n 1 | awk '{ print $1 }')
teacher=$(echo "$list" | head -n 1 | awk '{ print $2 }')
mkdir -p "$folder/$first"
zone=$folder/$first/class.zone
sed "s/\${teacher}/$teacher/g" "$here/class.zone.in" > "$zone"

echo "$list" | while read -r name address; do
    mkdir -p "$folder/$name"
    sed -e "s/\${name}/$name/g" -e "s/\${address}/$address/g" -e "s/\${teacher}/$teacher/g" \
        "$here/world.ini.in" > "$folder/$name/world.ini"
    printf '%-32s IN MX   10 mx.%s\n%-32s IN A    %s\n' "$name" "$name" "mx.$name" "$address" >> "$zone"
done

# Only the first machine answers questions.
cat >> "$folder/$first/world.ini" <<END

[dns]
address = $teacher
port = 10053
zones = class.zone
END
echo "$list" | while read -r name address; do
    echo "$folder/$name/world.ini: $name@$name.example at $address"
done
