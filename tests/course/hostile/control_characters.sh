#!/usr/bin/env bash
# control_characters.sh - has the compiler print what moves the cursor of a terminal,
# and is not allowed in XML; run as a script in the submission's folder.
# expects: any
# reported: x1b
printf '#line 1 "hos\001\033[2Jtile.c"\n#error \033]0;title\007 \033[31mred\n' >hostile.c
