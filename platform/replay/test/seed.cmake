# SPDX-License-Identifier: GPL-2.0-or-later
# ingot_seed(NAME dmaq_crc FROM vdevices/dmaq/dmaq.c OLD "text" NEW "other text"): a copy of a device's source with one bug in it
#
# OLD must stand there exactly once, or the configuration fails: a seed does not vanish when the device changes. A C model's
# ops, or a SystemC device's factory, get the seed's name (dmaq_ops becomes dmaq_crc_ops). Verilog becomes a core of that name.
function(ingot_seed)
  cmake_parse_arguments(PARSE_ARGV 0 A "" "NAME;FROM;OLD;NEW;TOP" "WITH")
  set(path ${CMAKE_SOURCE_DIR}/${A_FROM})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  string(FIND "${text}" "${A_OLD}" first)
  string(FIND "${text}" "${A_OLD}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${A_FROM}: the seed ${A_NAME} does not find its text exactly once: adapt platform/replay/test/CMakeLists.txt")
  endif()
  string(REPLACE "${A_OLD}" "${A_NEW}" text "${text}")
  get_filename_component(extension ${path} EXT)
  set(seeded ${CMAKE_CURRENT_BINARY_DIR}/${A_NAME}${extension})
  file(CONFIGURE OUTPUT ${seeded} CONTENT "${text}" @ONLY)
  if(extension STREQUAL ".v")
    set(sources)
    foreach(other ${A_WITH})
      list(APPEND sources ${CMAKE_SOURCE_DIR}/${other})
    endforeach()
    ingot_verilate(NAME ${A_NAME} TOP ${A_TOP} SOURCES ${seeded} ${sources} FOREIGN)   # its file has another name than its module
    set(seeded_libraries ${seeded_libraries} rtl_${A_NAME} PARENT_SCOPE)
    return()
  endif()
  add_library(seed_${A_NAME} OBJECT ${seeded})
  get_filename_component(stem ${path} NAME_WE)
  target_compile_definitions(seed_${A_NAME} PRIVATE ${stem}_ops=${A_NAME}_ops ${stem}_new=${A_NAME}_new)
  target_link_libraries(seed_${A_NAME} PRIVATE ingot_vdevices ingot_devices)
  set(seeded_libraries ${seeded_libraries} seed_${A_NAME} PARENT_SCOPE)
endfunction()
