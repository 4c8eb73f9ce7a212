# SPDX-License-Identifier: BSD-2-Clause
# What starts the daemon: systemd's files where there is systemd, examples for others.
bridge_init = %D%/dm-bridge.service %D%/dm-bridge.sysusers %D%/dm-bridge.tmpfiles %D%/dm-bridge.openrc %D%/dm-bridge.procd
$(bridge_init): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SED) -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		-e 's|@runstatedir[@]|$(runstatedir)|g' -e 's|@localstatedir[@]|$(localstatedir)|g' \
		-e 's|@keagroup[@]|$(keagroup)|g' $(srcdir)/$@.in > $@.new && mv $@.new $@
EXTRA_DIST += $(bridge_init:%=%.in)
CLEANFILES += $(bridge_init)

exampledir = $(docdir)/examples
example_DATA = %D%/dm-bridge.openrc %D%/dm-bridge.procd
noinst_DATA = %D%/dm-bridge.sysusers %D%/dm-bridge.tmpfiles
if SYSTEMD
systemdsystemunit_DATA = %D%/dm-bridge.service
install-data-hook: install-bridge-account
uninstall-hook: uninstall-bridge-account
else
noinst_DATA += %D%/dm-bridge.service
endif

# Installed under another name than they have here: both folders name a file after its program.
install-bridge-account: %D%/dm-bridge.sysusers %D%/dm-bridge.tmpfiles
	$(MKDIR_P) $(DESTDIR)$(sysusersdir) $(DESTDIR)$(tmpfilesdir)
	$(INSTALL_DATA) %D%/dm-bridge.sysusers $(DESTDIR)$(sysusersdir)/dm-bridge.conf
	$(INSTALL_DATA) %D%/dm-bridge.tmpfiles $(DESTDIR)$(tmpfilesdir)/dm-bridge.conf
uninstall-bridge-account:
	rm -f $(DESTDIR)$(sysusersdir)/dm-bridge.conf $(DESTDIR)$(tmpfilesdir)/dm-bridge.conf
