# SPDX-License-Identifier: BSD-2-Clause
bin_PROGRAMS += %D%/assocctl
%C%_assocctl_SOURCES = \
	%D%/assocctl.c %D%/command.h %D%/command.c \
	%D%/assocctl_options.c %D%/assocctl_options.h \
	%D%/client_config.c %D%/client_config.h \
	%D%/command_attributes.c \
	%D%/command_client_config.c \
	%D%/command_decode.c \
	%D%/command_devices.c \
	%D%/command_encode.c \
	%D%/command_gateway.c \
	%D%/command_get.c \
	%D%/command_names.c \
	%D%/command_option.c %D%/command_option.h \
	%D%/command_request.c \
	%D%/command_set.c \
	%D%/command_status.c \
	%D%/command_stun.c \
	%D%/command_watch.c \
	%D%/connection_request.c %D%/connection_request.h \
	%D%/conversation.c %D%/conversation.h \
	%D%/hex.c %D%/hex.h \
	%D%/http_request.c %D%/http_request.h \
	%D%/kea_client.c %D%/kea_client.h \
	%D%/kea_devices.c %D%/kea_devices.h \
	%D%/rpc_client.c %D%/rpc_client.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/text_table.c %D%/text_table.h
%C%_assocctl_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS) $(NETTLE_CFLAGS)
%C%_assocctl_LDADD = libassoc/libprivate.la libassoc/libassoc.la $(JSONC_LIBS) $(NETTLE_LIBS)
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/completions/assocctl
