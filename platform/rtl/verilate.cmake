# SPDX-License-Identifier: GPL-2.0-or-later
# ingot_verilate(NAME dmaq TOP dmaq SOURCES a.v b.v …): library rtl_NAME, with RtlCore *ingot_rtl_NAME(const char *instance)
include_guard(GLOBAL)
find_program(VERILATOR verilator REQUIRED)
execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(VERILATOR_ROOT ${VERILATOR_ROOT} CACHE INTERNAL "Where Verilator's runtime is")
set(INGOT_RTL_ROOM ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")

function(ingot_verilate)
  cmake_parse_arguments(A "" "NAME;TOP" "SOURCES" ${ARGN})
  if(NOT A_NAME OR NOT A_TOP OR NOT A_SOURCES OR A_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ingot_verilate: NAME, TOP and SOURCES are needed, and nothing else")
  endif()
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/rtl_${A_NAME})
  set(sources)
  foreach(source ${A_SOURCES})
    get_filename_component(source ${source} ABSOLUTE)
    list(APPEND sources ${source})
  endforeach()
  set(INGOT_RTL_NAME ${A_NAME})
  configure_file(${INGOT_RTL_ROOM}/core.cpp.in ${dir}/core_${A_NAME}.cpp @ONLY)
  # --timing and --coverage do not go together with --savable; module names of other cores do not collide (--prefix, --mod-prefix)
  add_custom_command(OUTPUT ${dir}/all_${A_NAME}.cpp
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dir}/verilated
    COMMAND ${VERILATOR} --cc --savable --no-timing -O3 -Wall --top-module ${A_TOP} --prefix V${A_NAME} --Mdir ${dir}/verilated ${sources}
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir}/verilated -DOUTPUT=${dir}/all_${A_NAME}.cpp -P ${INGOT_RTL_ROOM}/all_in_one.cmake
    DEPENDS ${sources} ${INGOT_RTL_ROOM}/all_in_one.cmake VERBATIM COMMENT "Verilating ${A_NAME}")
  add_library(rtl_${A_NAME} STATIC ${dir}/all_${A_NAME}.cpp ${dir}/core_${A_NAME}.cpp)
  set_property(SOURCE ${dir}/core_${A_NAME}.cpp APPEND PROPERTY OBJECT_DEPENDS ${dir}/all_${A_NAME}.cpp)
  target_include_directories(rtl_${A_NAME} SYSTEM PRIVATE ${dir}/verilated)
  target_compile_options(rtl_${A_NAME} PRIVATE -O2 -w)
  target_link_libraries(rtl_${A_NAME} PUBLIC ingot_rtl)
endfunction()
