/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_SAMPLE_H
#define POSTERN_TESTS_SAMPLE_H

/*
 * sample: the configuration of architecture.md section 8, made in memory, for
 * tests that need one and are not about reading files.
 */
#include "ctl/core/config.h"

/* Three zones on eth0, eth1, eth2; mx1 (192.0.2.25, 2001:db8::25) in the
 * dmz.  The caller gives it to config_free().  Ends the test on failure. */
struct config *sample_config(void);

#endif
