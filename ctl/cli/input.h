/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_INPUT_H
#define POSTERN_CLI_INPUT_H

/*
 * input: the standard input, as a file that can be read more than once.
 */

/* What a pipe brings is kept in a file without a name, in $TMPDIR or /var/tmp,
 * which takes the place of the pipe.  0, or -errno. */
__attribute__((warn_unused_result)) int input_keep(void);

/* Whoever reads the standard input next begins at its begin. */
void input_rewind(void);

#endif
