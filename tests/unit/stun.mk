# SPDX-License-Identifier: BSD-2-Clause
if HAVE_CMOCKA
stun_tests = %D%/test_stun_transaction
check_PROGRAMS += $(stun_tests)
TESTS += $(stun_tests)
STUN_SERVER = %D%/stun_server.c %D%/stun_server.h
%C%_test_stun_transaction_SOURCES = %D%/test_stun_transaction.c $(STUN_SERVER)
%C%_test_stun_transaction_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
%C%_test_stun_transaction_LDADD = $(BRIDGE_UNIT_LIBS) $(NETTLE_LIBS)
endif
