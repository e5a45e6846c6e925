# SPDX-License-Identifier: GPL-2.0-or-later
# The configuration file: its sentences, and what any bytes do to it.

add_library(samples STATIC support/samples.c)
target_link_libraries(samples PUBLIC core PRIVATE PkgConfig::CMOCKA)
target_compile_definitions(samples PUBLIC
	SAMPLES_FOLDER="${CMAKE_CURRENT_SOURCE_DIR}/data")

postern_unit(conffile conffile samples)
postern_unit(confwords conffile samples)
postern_unit(confcheck conffile samples)
postern_fuzz(conffile conffile)
