# SPDX-License-Identifier: BSD-2-Clause
if HAVE_CMOCKA
client_tests = %D%/test_hex %D%/test_event %D%/test_inform %D%/test_udp \
	%D%/test_gateway_record %D%/test_slot %D%/test_associate %D%/test_dhcpcd %D%/test_default_route
check_PROGRAMS += $(client_tests)
TESTS += $(client_tests)
CLIENT_UNIT_LIBS = $(CLIENT_LIBS) $(CMOCKA_LIBS)
%C%_test_hex_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_event_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_inform_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_udp_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_gateway_record_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_slot_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_associate_LDADD = $(CLIENT_UNIT_LIBS)
# It sets the clocks.
%C%_test_associate_LDFLAGS = -Wl,--wrap=clock_gettime
%C%_test_dhcpcd_LDADD = $(CLIENT_UNIT_LIBS)
%C%_test_default_route_LDADD = $(CLIENT_UNIT_LIBS)
endif
EXTRA_DIST += %D%/scratch.h
