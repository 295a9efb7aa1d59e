# SPDX-License-Identifier: GPL-2.0-or-later
# Verilator's output files become one translation unit, whatever their number
file(GLOB parts ${DIR}/${PREFIX}*.cpp)
list(REMOVE_ITEM parts ${DIR}/${PREFIX}__ALL.cpp)
list(SORT parts)
set(text "")
foreach(part ${parts})
  get_filename_component(name ${part} NAME)
  string(APPEND text "#include \"${name}\"\n")
endforeach()
file(WRITE ${DIR}/${PREFIX}__ALL.cpp "${text}")
