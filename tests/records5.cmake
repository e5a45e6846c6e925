# SPDX-License-Identifier: GPL-2.0-or-later
add_library(archive STATIC support/archive.c)
target_link_libraries(archive PUBLIC ledger)

postern_unit(records_verify archive)
postern_unit(records_ticket archive)
postern_unit(records_pack archive)
postern_unit(records_after records)
postern_unit(records_keeping archive)
postern_unit(records_future archive reading)
postern_unit(relp reading)
postern_unit(pseudonym records)
postern_unit(clockstep records)
postern_unit(relpframe reading)

# What an independent verifier, and readers of each format, make of it.
add_executable(makearchive support/makearchive.c)
target_link_libraries(makearchive PRIVATE archive)
# A calendar clock that is set, for tests/system/system.sh.
add_library(skew MODULE support/skew.c)
# What is old, for tests/system/records.sh.
add_executable(makeold support/makeold.c)
target_link_libraries(makeold PRIVATE archive)
add_test(NAME records.evidence COMMAND python3
	${CMAKE_CURRENT_SOURCE_DIR}/support/evidence.py ${CMAKE_BINARY_DIR}/bin)
postern_fuzz(records_query records)
postern_fuzz(relp reading)
postern_fuzz(spot records)
