# SPDX-License-Identifier: GPL-2.0-or-later
add_library(dialoguesupport STATIC
	${CMAKE_CURRENT_LIST_DIR}/support/exchange.c
	${CMAKE_CURRENT_LIST_DIR}/support/heard.c)
target_link_libraries(dialoguesupport PUBLIC dialogue support
	PkgConfig::CMOCKA)
add_library(chatter STATIC ${CMAKE_CURRENT_LIST_DIR}/support/chatter.c)
target_link_libraries(chatter PUBLIC dialogue)

postern_unit(smtp dialoguesupport)
postern_unit(smtphabits dialoguesupport)
postern_unit(announce dialoguesupport)
postern_unit(letters dialoguesupport)
postern_unit(goodmail dialoguesupport)
postern_unit(session dialoguesupport)
postern_unit(silence dialoguesupport)
postern_unit(content content support)
postern_unit(contentbounds content support)
postern_unit(archives content support)
postern_unit(virus virus support)
postern_unit(signs core)
target_compile_definitions(test_signs PRIVATE
	POSTERN_MANUAL="${PROJECT_SOURCE_DIR}/sensors/dialogue/postern-signs.7")
postern_unit(cuts dialoguesupport)
target_compile_definitions(test_cuts PRIVATE
	POSTERN_SAMPLES="${CMAKE_CURRENT_LIST_DIR}/data/dialogue")

foreach(tongue smtp imap pop3 managesieve tls proxy)
	postern_fuzz(${tongue} chatter)
endforeach()
postern_fuzz(mime content)
postern_fuzz(zip content)

add_executable(bench_dialogue ${CMAKE_CURRENT_LIST_DIR}/bench/bench_dialogue.c)
target_link_libraries(bench_dialogue PRIVATE dialoguesupport)

# What the programs say about recorded sessions, where there are any.
add_test(NAME wire.truth COMMAND
	${CMAKE_CURRENT_LIST_DIR}/support/wiretruth ${CMAKE_BINARY_DIR}/bin)
set_tests_properties(wire.truth PROPERTIES SKIP_RETURN_CODE 77)
postern_unit(minutes dialogue)
