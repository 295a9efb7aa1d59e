# SPDX-License-Identifier: GPL-2.0-or-later
# Verilator writes as many files as it likes, under names that it makes up: one translation unit includes them all
file(GLOB parts ${DIR}/*.cpp)
list(SORT parts)
set(text "")
foreach(part ${parts})
  string(APPEND text "#include \"${part}\"\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
