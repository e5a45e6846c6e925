/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_WRITER_H
#define POSTERN_NFT_WRITER_H

/*
 * writer: the program postern-nft, between the wire and the table.
 */
struct program;

/* Run until SIGTERM.  Returns the exit status. */
int writer_run(const struct program *program);

#endif
