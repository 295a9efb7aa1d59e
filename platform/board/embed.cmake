# SPDX-License-Identifier: GPL-2.0-or-later
# A file as a C array: NAME[] and NAME_size
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "extern const char ${NAME}[];\nextern const unsigned ${NAME}_size;\nconst char ${NAME}[] = {${bytes}0};\nconst unsigned ${NAME}_size = sizeof ${NAME} - 1;\n")
