#!/usr/bin/env bash
# odd_names.sh - names that are no text in any encoding, run as a script in the
# submission's folder: one leads nowhere, one is an option, one is a source.
# expects: any
# reported: xff.c is not a file
ln -s /nowhere "$(printf 'f\377.c')"
# shellcheck disable=SC2016 # the command is a part of the name
mv delegate.c ./"$(printf -- '-o\377 $(id).c')"
