# SPDX-License-Identifier: BSD-2-Clause
# The hook's neighbour watch.
if HAVE_CMOCKA
neighbour_tests = %D%/test_neighbour_watch
check_PROGRAMS += $(neighbour_tests)
TESTS += $(neighbour_tests)
%C%_test_neighbour_watch_SOURCES = %D%/test_neighbour_watch.c
%C%_test_neighbour_watch_LDADD = gateway-hook/libgateway.la $(UNIT_LIBS)
endif
