# SPDX-License-Identifier: GPL-2.0-or-later
add_library(dialoguesupport STATIC
	${CMAKE_CURRENT_LIST_DIR}/support/exchange.c
	${CMAKE_CURRENT_LIST_DIR}/support/heard.c)
target_link_libraries(dialoguesupport PUBLIC dialogue support
	PkgConfig::CMOCKA)

postern_unit(cuts dialoguesupport)
target_compile_definitions(test_cuts PRIVATE
	POSTERN_SAMPLES="${CMAKE_CURRENT_LIST_DIR}/data/dialogue")

add_executable(bench_dialogue ${CMAKE_CURRENT_LIST_DIR}/bench/bench_dialogue.c)
target_link_libraries(bench_dialogue PRIVATE dialoguesupport)
