# SPDX-License-Identifier: BSD-2-Clause
if HAVE_CMOCKA
stun_tests = %D%/test_stun_transaction %D%/test_stun_client %D%/test_stun_errors %D%/test_stun_network \
	%D%/test_stun_settings %D%/test_stun_probe %D%/test_stun_history
check_PROGRAMS += $(stun_tests)
TESTS += $(stun_tests)
STUN_SERVER = %D%/stun_server.c %D%/stun_server.h
STUN_PLAY = $(STUN_SERVER) %D%/stun_play.c %D%/stun_play.h
STUN_HISTORY = $(STUN_PLAY) %D%/stun_history.c %D%/stun_history.h
# The fake is linked before the library has its turn.
STUN_FIXTURE = $(STUN_PLAY) %D%/stun_fixture.c %D%/stun_fixture.h %D%/fake_keepalive.c %D%/fake_keepalive.h
STUN_TEST_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
STUN_TEST_LIBS = $(BRIDGE_UNIT_LIBS) $(NETTLE_LIBS)
%C%_test_stun_transaction_SOURCES = %D%/test_stun_transaction.c $(STUN_SERVER)
%C%_test_stun_transaction_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_transaction_LDADD = $(STUN_TEST_LIBS)
%C%_test_stun_client_SOURCES = %D%/test_stun_client.c $(STUN_FIXTURE)
%C%_test_stun_client_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_client_LDADD = $(STUN_TEST_LIBS)
%C%_test_stun_network_SOURCES = %D%/test_stun_network.c $(STUN_FIXTURE)
%C%_test_stun_network_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_network_LDADD = $(STUN_TEST_LIBS)
%C%_test_stun_probe_SOURCES = %D%/test_stun_probe.c $(STUN_FIXTURE)
%C%_test_stun_probe_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_probe_LDADD = $(STUN_TEST_LIBS)
%C%_test_stun_errors_SOURCES = %D%/test_stun_errors.c $(STUN_FIXTURE)
%C%_test_stun_errors_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_errors_LDADD = $(STUN_TEST_LIBS)
%C%_test_stun_settings_SOURCES = %D%/test_stun_settings.c $(STUN_FIXTURE)
%C%_test_stun_settings_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_settings_LDADD = $(STUN_TEST_LIBS)
# With the real keepalive.
%C%_test_stun_history_SOURCES = %D%/test_stun_history.c $(STUN_HISTORY)
%C%_test_stun_history_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_history_LDADD = $(STUN_TEST_LIBS)
endif
