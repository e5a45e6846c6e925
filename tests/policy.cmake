# SPDX-License-Identifier: GPL-2.0-or-later
# The policy: whom it bans, and whom it does not.


postern_unit(basis judge)
postern_unit(pages core)
postern_unit(judge judge)
postern_unit(judgefull judge)
postern_unit(judgemodel judge m)
postern_unit(echoes judge)
postern_unit(hearing judge)
postern_unit(protect core)
postern_unit(alarms judge errand)
postern_unit(late judge)
postern_unit(rules judge conffile)
postern_unit(bundle conffile)
postern_unit(alteration alterations)

add_executable(sim_policy sim/sim.c sim/crowd.c)
target_link_libraries(sim_policy PRIVATE judge)
add_test(NAME sim.policy COMMAND sim_policy 3)
add_executable(bench_policy bench/bench_policy.c)
target_link_libraries(bench_policy PRIVATE judge)
target_link_options(bench_policy PRIVATE ${POSTERN_LTO})
postern_unit(reverse spf)
postern_unit(senders spf)
postern_unit(spf spf)
postern_fuzz(spf spf)
postern_kernel(observe nft)
