# SPDX-License-Identifier: GPL-2.0-or-later
add_library(feedsupport STATIC
	${CMAKE_CURRENT_LIST_DIR}/support/corpus.c
	${CMAKE_CURRENT_LIST_DIR}/support/evegen.c
	${CMAKE_CURRENT_LIST_DIR}/support/follow.c)
target_compile_definitions(feedsupport PRIVATE
	POSTERN_SAMPLES="${CMAKE_CURRENT_LIST_DIR}/data/eve")
target_link_libraries(feedsupport PUBLIC sources support)

add_library(evelines STATIC ${CMAKE_CURRENT_LIST_DIR}/support/evelines.c)
target_link_libraries(evelines PUBLIC feedsupport PkgConfig::CMOCKA)

postern_unit(attacker feedsupport)
postern_unit(eve evelines)
postern_unit(evebad evelines)
postern_unit(kin feedsupport)
postern_unit(originals feedsupport)
postern_unit(reader feedsupport reader)
postern_unit(scan feedsupport)
postern_unit(sieve feedsupport)
postern_unit(socket feedsupport)

postern_unit(tail feedsupport)
postern_unit(tailplace feedsupport)
postern_unit(tailbounds feedsupport)
postern_unit(tailresume feedsupport)
postern_unit(rotation feedsupport)

add_executable(bench_feed ${CMAKE_CURRENT_LIST_DIR}/bench/bench_feed.c)
target_link_libraries(bench_feed PRIVATE feedsupport)
postern_fuzz(eve feeds)
postern_fuzz(sieve feeds)
