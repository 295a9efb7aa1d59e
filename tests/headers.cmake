# SPDX-License-Identifier: GPL-2.0-or-later
# Each header compiles alone, with the compiler of those who include it: one test a header and language
find_program(INGOT_CROSS_CC ${INGOT_CROSS}gcc REQUIRED)
# The two macros are those that a room's CMakeLists.txt gives to its tests.
set(strict -fsyntax-only -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR} -I${INGOT_GEN} "-DINGOT_PROGRAM=\"\"" "-DINGOT_BUILD=\"\"")

function(header_alone header how)
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${header})
  add_test(NAME Headers.${name}.${how} COMMAND ${ARGN} ${strict} -include ${header} /dev/null)
endfunction()

set(host_c ${CMAKE_C_COMPILER} -std=gnu11 -xc)
foreach(package LIBXML2 LIBVIRT LUA)
  foreach(dir ${${package}_INCLUDE_DIRS})
    list(APPEND host_c -isystem ${dir})
  endforeach()
endforeach()

# C headers of the host's side. Those with an extern "C" are read by C++ too.
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/platform/seam/*.h ${CMAKE_SOURCE_DIR}/traces/*.h
     ${CMAKE_SOURCE_DIR}/platform/board/*.h ${CMAKE_SOURCE_DIR}/platform/cli/*.h
     ${CMAKE_SOURCE_DIR}/scenarios/engine/*.h ${CMAKE_SOURCE_DIR}/hypervisor/forge/*.h
     ${CMAKE_SOURCE_DIR}/vdevices/*.h)
foreach(header ${headers})
  file(STRINGS ${header} cpp REGEX "__cplusplus")
  file(STRINGS ${header} only_cpp REGEX "^// SPDX")       # C++ opens with its own comments
  if(NOT header MATCHES "test(ing)?\\.h$" AND NOT only_cpp)
    header_alone(${header} c ${host_c})
  endif()
  if(cpp OR only_cpp OR header MATCHES "test(ing)?\\.h$")
    header_alone(${header} cpp ${CMAKE_CXX_COMPILER} -std=c++17 -xc++)
  endif()
endforeach()

# Headers of the devices' side: C++. Verilator's place is known where platform/rtl is built.
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/platform/systemc/*.h ${CMAKE_SOURCE_DIR}/vdevices/*/*_systemc.h
     ${CMAKE_SOURCE_DIR}/platform/replay/*.h ${CMAKE_SOURCE_DIR}/platform/rtl/*.h)
foreach(header ${headers})
  if(NOT header MATCHES "/platform/rtl/")
    header_alone(${header} cpp ${CMAKE_CXX_COMPILER} -std=c++17 -xc++)
  elseif(VERILATOR_ROOT)
    header_alone(${header} cpp ${CMAKE_CXX_COMPILER} -std=c++17 -isystem ${VERILATOR_ROOT}/include -isystem
                 ${VERILATOR_ROOT}/include/vltstd -xc++)
  endif()
endforeach()

# Headers of the runtime and of the monitor's devices: freestanding A64. Tests of the devices are the host's.
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/hypervisor/include/*.h ${CMAKE_SOURCE_DIR}/hypervisor/vmm/*.h)
foreach(header ${headers})
  if(header MATCHES "_test\\.h$")
    header_alone(${header} cpp ${CMAKE_CXX_COMPILER} -std=c++17 -xc++)
    continue()
  endif()
  header_alone(${header} a64 ${INGOT_CROSS_CC} -std=gnu11 -ffreestanding -mgeneral-regs-only
               -I${CMAKE_SOURCE_DIR}/hypervisor/include -xc)
endforeach()
