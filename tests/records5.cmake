# SPDX-License-Identifier: GPL-2.0-or-later
add_library(archive STATIC support/archive.c)
target_link_libraries(archive PUBLIC ledger)

postern_unit(records_verify archive)
postern_unit(records_pack archive)
postern_unit(records_keeping archive)
