# SPDX-License-Identifier: GPL-2.0-or-later
# A private apt: source packages and foreign architectures, without changing the machine's own configuration
#
# private_apt DIR [deb-src]: makes DIR/apt from the machine's own sources; then `papt CMD…` runs apt-get with it, and
# `papt_cache CMD…` apt-cache. PAPT_ARCH chooses the architecture (default: the machine's).

private_apt() {
    PAPT_DIR=$1
    local kind=${2:-deb} f
    mkdir -p "$PAPT_DIR"/{etc,state/lists/partial,cache/archives/partial}
    rm -f "$PAPT_DIR"/etc/*
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -s "$f" ] && sed -n "s/^deb /$kind /p" "$f" > "$PAPT_DIR/etc/$(basename "$f" .list).list"
    done
    for f in /etc/apt/sources.list.d/*.sources; do
        [ -s "$f" ] && sed "s/^Types:.*/Types: $kind/" "$f" > "$PAPT_DIR/etc/$(basename "$f")"
    done
    return 0
}

papt_options() {
    printf '%s\n' -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$PAPT_DIR/etc" \
        -o "Dir::State=$PAPT_DIR/state" -o "Dir::Cache=$PAPT_DIR/cache" -o "APT::Sandbox::User=root" \
        -o "APT::Architecture=${PAPT_ARCH:-$(dpkg --print-architecture)}" \
        -o "APT::Architectures=${PAPT_ARCH:-$(dpkg --print-architecture)}" -o "Dir::State::status=$PAPT_DIR/state/status"
}

papt() {
    local options
    touch "$PAPT_DIR/state/status"
    mapfile -t options < <(papt_options)
    apt-get -q "${options[@]}" "$@"
}

papt_cache() {
    local options
    mapfile -t options < <(papt_options)
    apt-cache "${options[@]}" "$@"
}
