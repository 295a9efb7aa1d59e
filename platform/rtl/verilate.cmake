# SPDX-License-Identifier: GPL-2.0-or-later
# ingot_verilate(NAME dmaq TOP dmaq SOURCES a.v b.v … [CLOCKS clk_bit:30000 clk_usb:48000000Hz]
#                [BUS axi-lite|apb|wishbone] [MASTER wishbone] [CLOCK port] [RESET port|!port] [IRQ port] [PINS signal=port …] [WORD_ADDRESS] [MASTER_WORD_ADDRESS] [FOREIGN]):
# library rtl_NAME, with RtlCore *ingot_rtl_NAME(const char *instance)
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/bind.cmake)
find_program(VERILATOR verilator REQUIRED)
execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(VERILATOR_ROOT ${VERILATOR_ROOT} CACHE INTERNAL "Where Verilator's runtime is")
set(INGOT_RTL_ROOM ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")

function(ingot_verilate)
  cmake_parse_arguments(A "WORD_ADDRESS;MASTER_WORD_ADDRESS;FOREIGN" "NAME;TOP;BUS;MASTER;CLOCK;RESET;IRQ" "SOURCES;CLOCKS;PINS" ${ARGN})
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
  set(INGOT_RTL_CLOCKS "")
  foreach(clock ${A_CLOCKS})      # pin:period in ps, or pin:frequency with Hz behind it
    if(NOT clock MATCHES "^([a-zA-Z_0-9]+):([0-9]+)(Hz)?$")
      message(FATAL_ERROR "ingot_verilate: ${clock}: a clock is PIN:PERIOD_PS or PIN:FREQUENCYHz")
    endif()
    string(APPEND INGOT_RTL_CLOCKS "    core->add_clock(\"${CMAKE_MATCH_1}\", core->top().${CMAKE_MATCH_1}, ")
    if(CMAKE_MATCH_3)
      string(APPEND INGOT_RTL_CLOCKS "ingot::Clock::of_hz(${CMAKE_MATCH_2}));\n")
    else()
      string(APPEND INGOT_RTL_CLOCKS "ingot::Clock::of_period(${CMAKE_MATCH_2}));\n")
    endif()
  endforeach()
  if(NOT A_BUS)
    set(A_BUS axi-lite)
  endif()
  string(TOLOWER "${A_WORD_ADDRESS};${A_MASTER_WORD_ADDRESS}" word_address)
  ingot_bind("${A_BUS}" "${A_MASTER}" "${A_CLOCK}" "${A_RESET}" "${A_IRQ}" "${A_PINS}" ${word_address})
  set(warnings -Wall)
  if(A_FOREIGN)
    set(warnings -Wno-fatal)        # somebody else's style
  endif()
  configure_file(${INGOT_RTL_ROOM}/core.cpp.in ${dir}/core_${A_NAME}.cpp @ONLY)
  # --timing and --coverage do not go together with --savable; module names of other cores do not collide (--prefix, --mod-prefix)
  add_custom_command(OUTPUT ${dir}/all_${A_NAME}.cpp ${dir}/state_${A_NAME}.h
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dir}/verilated
    COMMAND ${VERILATOR} --cc --savable --trace-fst --no-timing -O3 ${warnings} --top-module ${A_TOP} --prefix V${A_NAME} --Mdir ${dir}/verilated ${sources}
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir}/verilated -DOUTPUT=${dir}/all_${A_NAME}.cpp -DSTATE=${dir}/state_${A_NAME}.h -P ${INGOT_RTL_ROOM}/all_in_one.cmake
    DEPENDS ${sources} ${INGOT_RTL_ROOM}/all_in_one.cmake VERBATIM COMMENT "Verilating ${A_NAME}")
  add_library(rtl_${A_NAME} STATIC ${dir}/all_${A_NAME}.cpp ${dir}/core_${A_NAME}.cpp)
  set_property(SOURCE ${dir}/core_${A_NAME}.cpp APPEND PROPERTY OBJECT_DEPENDS ${dir}/all_${A_NAME}.cpp)
  target_include_directories(rtl_${A_NAME} SYSTEM PRIVATE ${dir}/verilated ${dir})
  target_compile_options(rtl_${A_NAME} PRIVATE -O2 -w)
  target_link_libraries(rtl_${A_NAME} PUBLIC ingot_rtl)
endfunction()
