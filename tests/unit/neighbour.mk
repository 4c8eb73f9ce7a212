# SPDX-License-Identifier: BSD-2-Clause
# The hook's neighbour watch.
if HAVE_CMOCKA
neighbour_tests = %D%/test_neighbour_watch %D%/test_neighbour %D%/test_neighbour_message %D%/test_gateway_watch
check_PROGRAMS += $(neighbour_tests)
TESTS += $(neighbour_tests)
%C%_test_neighbour_watch_SOURCES = %D%/test_neighbour_watch.c
%C%_test_neighbour_watch_LDADD = gateway-hook/libgateway.la $(UNIT_LIBS)
# The test stands between the watch and the kernel.
%C%_test_neighbour_SOURCES = %D%/test_neighbour.c tests/lan.c tests/lan.h
%C%_test_neighbour_CFLAGS = $(AM_CFLAGS) $(LIBNL_CFLAGS)
%C%_test_neighbour_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=recvfrom -Wl,--wrap=sendmsg -Wl,--wrap=nl_send_simple
%C%_test_neighbour_LDADD = gateway-hook/libgateway.la $(UNIT_LIBS) $(LIBNL_LIBS)
%C%_test_neighbour_message_SOURCES = %D%/test_neighbour_message.c
%C%_test_neighbour_message_CFLAGS = $(AM_CFLAGS) $(LIBNL_CFLAGS)
%C%_test_neighbour_message_LDADD = $(gateway_test_libs) $(LIBNL_LIBS)
# Its stand-in for neighbour.c is linked before the library has its turn.
%C%_test_gateway_watch_SOURCES = %D%/test_gateway_watch.c $(gateway_play)
%C%_test_gateway_watch_LDFLAGS = $(gateway_test_ldflags)
%C%_test_gateway_watch_LDADD = $(gateway_test_libs)
endif
