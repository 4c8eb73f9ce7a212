# SPDX-License-Identifier: BSD-2-Clause
libexec_PROGRAMS += %D%/assoc-client
%C%_assoc_client_SOURCES = %D%/assoc-client.c
%C%_assoc_client_LDADD = $(CLIENT_LIBS)

# All but main(), for the unit tests too.
noinst_LTLIBRARIES += %D%/libclient.la
%C%_libclient_la_SOURCES = \
	%D%/associate.c %D%/associate.h \
	%D%/companion.c %D%/companion.h \
	%D%/default_route.c %D%/default_route.h \
	%D%/dhcp_socket.c %D%/dhcp_socket.h \
	%D%/dhcpcd.c %D%/dhcpcd_conf.c %D%/dhcpcd.h \
	%D%/event.c %D%/event.h \
	%D%/folder.c %D%/folder.h \
	%D%/gateway_record.c %D%/gateway_record.h \
	%D%/hex.c %D%/hex.h \
	%D%/inform.c %D%/inform_message.c %D%/inform.h \
	%D%/interfaces.c %D%/interfaces.h \
	%D%/log.c %D%/log.h \
	%D%/privilege.c %D%/privilege.h \
	%D%/slot.c %D%/slot.h \
	%D%/udp.c %D%/udp.h
CLIENT_LIBS = %D%/libclient.la libassoc/libprivate.la libassoc/libassoc.la $(JSONC_LIBS)

# dhcpcd sources its hooks: they need no execute permission, and dhcpcd's own have none.
dhcpcdhooks_DATA = %D%/60-assoc
%D%/60-assoc: %D%/60-assoc.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && \
		$(SED) -e 's|@libexecdir[@]|$(libexecdir)|g' $(srcdir)/%D%/60-assoc.in > $@.new && mv $@.new $@
# Scripts for the clients that are not dhcpcd; dhclient-script sources its hook too.
libexec_SCRIPTS = %D%/udhcpc-assoc
%D%/udhcpc-assoc: %D%/udhcpc-assoc.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SED) -e 's|@libexecdir[@]|$(libexecdir)|g' $(srcdir)/%D%/udhcpc-assoc.in > $@.new && \
		chmod +x $@.new && mv $@.new $@
dhclienthooksdir = $(sysconfdir)/dhcp/dhclient-exit-hooks.d
%D%/assoc: %D%/dhclient-assoc.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && \
		$(SED) -e 's|@libexecdir[@]|$(libexecdir)|g' $(srcdir)/%D%/dhclient-assoc.in > $@.new && mv $@.new $@
dhclienthooks_DATA = %D%/assoc
CLEANFILES += %D%/60-assoc %D%/udhcpc-assoc %D%/assoc
EXTRA_DIST += %D%/60-assoc.in %D%/udhcpc-assoc.in %D%/dhclient-assoc.in tests/lab/client_gateway_info.bats tests/lab/other_clients.bats \
	tests/lab/other_gateways.bats tests/lab/client_shell.bats
# The device under dhcpcd.
EXTRA_DIST += tests/lab/client_reasons.bats tests/lab/client_companion.bats tests/lab/client_interfaces.bats tests/lab/lab_client.sh
dist_doc_DATA = %D%/dhcpcd.conf.example %D%/identity.conf.example
