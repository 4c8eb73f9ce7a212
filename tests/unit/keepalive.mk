# SPDX-License-Identifier: BSD-2-Clause
# The simulated network is the bench's too.
simulated_client = tests/unit/simulated_client.c tests/unit/simulated_client.h tests/unit/simulated_nat.c \
	tests/unit/simulated_nat.h tests/unit/durations.h
simulated_keepalive = tests/unit/simulated_keepalive.c tests/unit/simulated_keepalive.h $(simulated_client)
simulated_stun = tests/unit/simulated_stun.c tests/unit/simulated_stun.h tests/unit/stun_server.c tests/unit/stun_server.h \
	$(simulated_client)
if HAVE_CMOCKA
keepalive_tests = %D%/test_lifetime_search %D%/test_keepalive %D%/test_keepalive_doubt \
	%D%/test_keepalive_simulation %D%/test_stun_simulation
check_PROGRAMS += $(keepalive_tests)
TESTS += $(keepalive_tests)
%C%_test_lifetime_search_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_keepalive_SOURCES = %D%/test_keepalive.c %D%/keepalive_play.h %D%/durations.h
%C%_test_keepalive_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_keepalive_doubt_SOURCES = %D%/test_keepalive_doubt.c %D%/keepalive_play.h %D%/durations.h
%C%_test_keepalive_doubt_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_keepalive_simulation_SOURCES = %D%/test_keepalive_simulation.c $(simulated_keepalive)
%C%_test_keepalive_simulation_LDADD = $(BRIDGE_UNIT_LIBS) -lm
%C%_test_stun_simulation_SOURCES = %D%/test_stun_simulation.c $(simulated_stun)
%C%_test_stun_simulation_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_test_stun_simulation_LDADD = $(STUN_TEST_LIBS) -lm
endif
