# SPDX-License-Identifier: BSD-2-Clause
# easycwmp's data model script, on top of dm-bridge.
libexec_PROGRAMS += %D%/assoc-easycwmp
%C%_assoc_easycwmp_SOURCES = \
	%D%/assoc_easycwmp.c \
	%D%/commands.c %D%/commands.h \
	%D%/output.c %D%/output.h \
	dm-bridge/conversation.c dm-bridge/conversation.h \
	dm-bridge/rpc_client.c dm-bridge/rpc_client.h
%C%_assoc_easycwmp_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
%C%_assoc_easycwmp_LDADD = libassoc/libprivate.la libassoc/libassoc.la $(JSONC_LIBS)
easycwmpdocdir = $(docdir)/easycwmp
dist_easycwmpdoc_DATA = %D%/README.md
