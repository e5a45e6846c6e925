# SPDX-License-Identifier: GPL-2.0-or-later
add_library(ledger STATIC support/ledger.c)
target_link_libraries(ledger PUBLIC records support)

# Other folders have a journal, a chain, a reader, a check, too.
postern_unit(records_reader records)
postern_unit(records_record ledger)
postern_unit(records_saved ledger)
postern_unit(records_original ledger)
postern_unit(records_chain records)
postern_unit(records_check ledger)
postern_unit(records_journal ledger)
postern_unit(records_restore ledger)
postern_unit(records_folder ledger)
add_library(playctl STATIC support/playctl.c)
target_link_libraries(playctl PUBLIC keeper ledger PkgConfig::CMOCKA)
target_link_options(playctl PUBLIC -Wl,--wrap=fdatasync,--wrap=fsync)
postern_unit(keeper playctl)
postern_unit(keeper_death playctl)
postern_unit(landlock life)
# A disk that fails on demand.
target_link_options(test_records_journal PRIVATE
	-Wl,--wrap=write,--wrap=fdatasync,--wrap=ftruncate)

# Not run by ctest: after a row's size was changed.
add_executable(makeseeds support/makeseeds.c)
target_link_libraries(makeseeds PRIVATE core)
postern_fuzz(records_record records)
postern_fuzz(records_check records)

# Not run by ctest: scripts/bench runs it.
add_executable(bench_records bench/bench_records.c support/seen.c)
target_link_libraries(bench_records PRIVATE records)
add_executable(bench_archive bench/bench_archive.c support/seen.c)
target_link_libraries(bench_archive PRIVATE records)
