# SPDX-License-Identifier: GPL-2.0-or-later
add_library(sensorsupport STATIC
	${CMAKE_CURRENT_LIST_DIR}/support/recut.c
	${CMAKE_CURRENT_LIST_DIR}/support/scene.c
	${CMAKE_CURRENT_LIST_DIR}/support/script.c)
target_link_libraries(sensorsupport PUBLIC sensor support)

postern_unit(base64 content support)
postern_unit(concern sensorsupport)
postern_unit(flow sensorsupport)
postern_unit(frame sensorsupport)
postern_unit(recut sensorsupport)
target_compile_definitions(test_recut PRIVATE
	POSTERN_CAPTURES="${CMAKE_CURRENT_LIST_DIR}/fuzz/seeds/pcapfile")

postern_fuzz(base64 content)
postern_fuzz(frame inlet)
postern_fuzz(flow inlet)
postern_fuzz(pcapfile sensor)

add_executable(bench_sensor ${CMAKE_CURRENT_LIST_DIR}/bench/bench_sensor.c)
target_link_libraries(bench_sensor PRIVATE sensorsupport)
