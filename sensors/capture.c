/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture: libpcap, live and offline.
 */
#include "sensors/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>

#include <pcap/pcap.h>

#include "ctl/core/clock.h"

/* A coalesced packet is longer than any frame on a wire. */
#define SNAP_LEN 262144

/*
 * How long the kernel may fill a block of its ring before it hands it over.
 * Frame by frame ("immediate mode") each would take a slot of the longest one's
 * size, and the ring hold a hundredth.
 */
#define BLOCK_MS 1

/* A file is read in pieces of this size: many frames for one system call. */
#define FILE_PIECE (256u << 10)

struct capture {
	pcap_t *pcap;
	char *piece; /* of a file */
	enum frame_link link;
	uint64_t unit_ns; /* of tv_usec, whatever its name says */
	uint64_t since_ns; /* older frames were not filtered */
	capture_taker take; /* of the read that is going on */
	void *ctx;
};

static int make(struct capture **out, pcap_t *pcap,
		char error[CAPTURE_ERROR_SIZE])
{
	struct capture *c = calloc(1, sizeof(*c));

	if (!c) {
		pcap_close(pcap);
		snprintf(error, CAPTURE_ERROR_SIZE, "no memory");
		return -ENOMEM;
	}
	c->pcap = pcap;
	c->unit_ns = pcap_get_tstamp_precision(pcap) ==
				     PCAP_TSTAMP_PRECISION_NANO
			     ? 1
			     : CLOCK_NS_PER_S / 1000000;
	c->link = frame_link_of(pcap_datalink(pcap));
	if (c->link == FRAME_LINK_NONE) {
		snprintf(error, CAPTURE_ERROR_SIZE,
			 "its link layer (%s) is not one that postern reads",
			 capture_link_name(c));
		capture_close(c);
		return -EPROTONOSUPPORT;
	}
	*out = c;
	return 0;
}

static int errno_of(int status)
{
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
	case PCAP_ERROR_IFACE_NOT_UP:
		return -ENODEV;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return -EPERM;
	default:
		return -EIO;
	}
}

/*
 * The filter goes to the kernel past libpcap, which would run it by itself over
 * the first blocks of the ring, and there cannot tell what came in from what
 * goes out: it would drop them.  What the ring held before is not taken.
 */
static int attach_filter(pcap_t *pcap, const struct bpf_program *program,
			 char error[CAPTURE_ERROR_SIZE])
{
	const struct sock_fprog attached = {
		.len = (unsigned short)program->bf_len,
		.filter = (struct sock_filter *)(void *)program->bf_insns,
	};

	if (program->bf_len > BPF_MAXINSNS) {
		snprintf(error, CAPTURE_ERROR_SIZE,
			 "the filter for so many servers is too long for the "
			 "kernel");
		return -E2BIG;
	}
	if (setsockopt(pcap_fileno(pcap), SOL_SOCKET, SO_ATTACH_FILTER,
		       &attached, sizeof(attached)) < 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "filter: %s",
			 strerror(errno));
		return -EINVAL;
	}
	return 0;
}

static int set_filter(pcap_t *pcap, const char *text,
		      char error[CAPTURE_ERROR_SIZE])
{
	struct bpf_program program;
	int err;

	if (!text[0])
		return 0;
	if (pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%.200s",
			 pcap_geterr(pcap));
		return -EINVAL;
	}
	err = attach_filter(pcap, &program, error);
	pcap_freecode(&program);
	return err;
}

static int activate(pcap_t *pcap, const struct capture_wish *wish,
		    char error[CAPTURE_ERROR_SIZE])
{
	char text[PCAP_ERRBUF_SIZE];
	int status;

	pcap_set_snaplen(pcap, SNAP_LEN);
	pcap_set_promisc(pcap, wish->promiscuous);
	pcap_set_timeout(pcap, BLOCK_MS);
	pcap_set_buffer_size(pcap, (int)(wish->ring_mb << 20));
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	status = pcap_activate(pcap);
	if (status < 0) {
		const char *why = pcap_geterr(pcap);

		snprintf(error, CAPTURE_ERROR_SIZE, "%.200s",
			 why[0] ? why : pcap_statustostr(status));
		return errno_of(status);
	}
	if (pcap_setnonblock(pcap, 1, text) < 0) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%.200s", text);
		return -EIO;
	}
	return set_filter(pcap, wish->filter, error);
}

int capture_open_live(struct capture **out, const struct capture_wish *wish,
		      char error[CAPTURE_ERROR_SIZE])
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(wish->interface, text);
	int err;

	if (!pcap) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%.200s", text);
		return -ENODEV;
	}
	err = activate(pcap, wish, error);
	if (err) {
		pcap_close(pcap);
		return err;
	}
	err = make(out, pcap, error);
	if (!err && wish->filter[0])
		(*out)->since_ns = clock_calendar_ns();
	return err;
}

/* Of FILE, which libpcap closes. */
static int open_stream(struct capture **out, FILE *file,
		       char error[CAPTURE_ERROR_SIZE])
{
	char text[PCAP_ERRBUF_SIZE] = "";
	char *piece = malloc(FILE_PIECE);
	pcap_t *pcap;
	int err;

	if (piece)
		setvbuf(file, piece, _IOFBF, FILE_PIECE);
	pcap = pcap_fopen_offline_with_tstamp_precision(
		file, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!pcap) {
		snprintf(error, CAPTURE_ERROR_SIZE, "%.200s", text);
		fclose(file);
		free(piece);
		return -EINVAL;
	}
	err = make(out, pcap, error);
	if (err)
		free(piece);
	else
		(*out)->piece = piece;
	return err;
}

int capture_open_file(struct capture **out, const char *path,
		      char error[CAPTURE_ERROR_SIZE])
{
	int fd = strcmp(path, "-") == 0
			 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			 : open(path, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
	int err = -errno;

	if (file)
		return open_stream(out, file, error);
	if (fd >= 0)
		close(fd);
	snprintf(error, CAPTURE_ERROR_SIZE, "%s", strerror(-err));
	return err;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	pcap_close(c->pcap);
	free(c->piece);
	free(c);
}

enum frame_link capture_link(const struct capture *c)
{
	return c->link;
}

const char *capture_link_name(const struct capture *c)
{
	const char *name = pcap_datalink_val_to_name(pcap_datalink(c->pcap));

	return name ? name : "without a name";
}

int capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

static void on_frame(u_char *user, const struct pcap_pkthdr *header,
		     const u_char *data)
{
	struct capture *c = (struct capture *)(void *)user;
	uint64_t time_ns;

	/* A file may say anything. */
	time_ns = (uint64_t)header->ts.tv_sec * CLOCK_NS_PER_S +
		  (uint64_t)header->ts.tv_usec * c->unit_ns;
	if (time_ns < c->since_ns)
		return;
	c->take(c->ctx, data, header->caplen, time_ns);
}

int capture_read(struct capture *c, int count, capture_taker take, void *ctx,
		 char error[CAPTURE_ERROR_SIZE])
{
	int got;

	c->take = take;
	c->ctx = ctx;
	got = pcap_dispatch(c->pcap, count > 0 ? count : -1, on_frame,
			    (u_char *)c);
	if (got >= 0)
		return got;
	snprintf(error, CAPTURE_ERROR_SIZE, "%.200s", pcap_geterr(c->pcap));
	return -EIO;
}

void capture_stats(struct capture *c, struct capture_stats *out)
{
	struct pcap_stat stat;

	*out = (struct capture_stats){ 0 };
	if (pcap_stats(c->pcap, &stat) < 0)
		return;
	out->received = stat.ps_recv;
	out->dropped = stat.ps_drop;
	out->dropped_early = stat.ps_ifdrop;
}
