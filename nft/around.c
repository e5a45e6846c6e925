/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * around: hands lists on to the guard.
 */
#include "nft/around.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "nft/guard.h"
#include "nft/observe.h"

#define SHARED_MAX 65536u

struct around {
	struct guard *guard;
	struct observe *observe;
	struct prefixset sharing; /* rows of a list that has not ended */
};

int around_open(struct around **out, const struct config *config,
		struct guard *guard)
{
	struct around *a = calloc(1, sizeof(*a));
	int err;

	if (!a)
		return -ENOMEM;
	a->guard = guard;
	err = observe_open(&a->observe, config);
	if (err) {
		free(a);
		return err;
	}
	*out = a;
	return 0;
}

void around_close(struct around *a)
{
	if (!a)
		return;
	observe_close(a->observe);
	prefixset_fini(&a->sharing);
	free(a);
}

/* Both refuse the ban of who is observed now. */
void around_look(struct around *a, struct wire *ctl, bool anew)
{
	uint32_t now_s = (uint32_t)(clock_monotonic_ns() / CLOCK_NS_PER_S);
	const struct observed end = { { 0 } };
	struct prefixset found;
	int got;

	if (anew)
		observe_forget(a->observe);
	got = observe_look(a->observe, now_s, &found);
	if (got < 0)
		log_warning("cannot see gateways and sessions: %s",
			    strerror(-got));
	if (got != 1)
		return;
	for (size_t i = 0; i < found.count; i++) {
		const struct observed row = { found.items[i] };

		wire_put(ctl, MSG_OBSERVED, &row);
	}
	wire_put(ctl, MSG_OBSERVED, &end);
	guard_observe(a->guard, &found);
}

/* postern-ctl bounds the list; who lies to us here only spares somebody. */
void around_hear_shared(struct around *a, const struct prefix *p)
{
	if (p->family && a->sharing.count < SHARED_MAX &&
	    prefixset_add(&a->sharing, p))
		log_warning("no memory for the shared senders");
	if (p->family)
		return;
	prefixset_seal(&a->sharing);
	guard_share(a->guard, &a->sharing);
}
