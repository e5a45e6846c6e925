# SPDX-License-Identifier: GPL-2.0-or-later
add_library(sensorsupport STATIC
	${CMAKE_CURRENT_LIST_DIR}/support/recut.c
	${CMAKE_CURRENT_LIST_DIR}/support/scene.c
	${CMAKE_CURRENT_LIST_DIR}/support/script.c
	${CMAKE_CURRENT_LIST_DIR}/support/turns.c)
target_link_libraries(sensorsupport PUBLIC sensor support
	PkgConfig::CMOCKA)

postern_unit(base64 content support)
postern_unit(concern sensorsupport)
postern_unit(evasion sensorsupport)
postern_unit(flow sensorsupport)
postern_unit(flowforge sensorsupport)
postern_unit(flowloss sensorsupport)
postern_unit(frame sensorsupport)
postern_unit(halfopen sensorsupport)
postern_unit(recut sensorsupport)
postern_unit(refusal sensorsupport)
target_compile_definitions(test_recut PRIVATE
	POSTERN_CAPTURES="${CMAKE_CURRENT_LIST_DIR}/fuzz/seeds/pcapfile")

postern_fuzz(base64 content)
postern_fuzz(frame inlet)
postern_fuzz(flow inlet)
postern_fuzz(pcapfile sensor)

add_executable(bench_sensor ${CMAKE_CURRENT_LIST_DIR}/bench/bench_sensor.c
	${CMAKE_CURRENT_LIST_DIR}/bench/mailmix.c)
target_link_libraries(bench_sensor PRIVATE sensorsupport)
# Optimised as the program that is installed.
target_link_options(bench_sensor PRIVATE ${POSTERN_LTO})

# What others read in the same captures: tests/reference.
add_executable(listing ${CMAKE_CURRENT_LIST_DIR}/reference/listing.c)
target_link_libraries(listing PRIVATE sensor)
foreach(name dialogue_new dialogue_data dialogue_end gather_take
		letterbox_begin part_begin part_body part_end)
	target_link_options(listing PRIVATE -Wl,--wrap=${name})
endforeach()
add_test(NAME reference COMMAND ${CMAKE_CURRENT_LIST_DIR}/reference/compare
	$<TARGET_FILE:listing>)
set_tests_properties(reference PROPERTIES SKIP_RETURN_CODE 77)
add_executable(bench_live ${CMAKE_CURRENT_LIST_DIR}/bench/bench_live.c)
target_link_libraries(bench_live PRIVATE sensor)
