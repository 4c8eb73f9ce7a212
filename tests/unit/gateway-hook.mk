# SPDX-License-Identifier: BSD-2-Clause
# The hook's C core, without Kea.
if HAVE_CMOCKA
gateway_tests = %D%/test_device_table %D%/test_journal %D%/test_journal_history %D%/test_journal_lock \
	%D%/test_settings %D%/test_messages \
	%D%/test_gateway %D%/test_gateway_respond %D%/test_gateway_entries %D%/test_gateway_leases \
	%D%/test_gateway_report
check_PROGRAMS += $(gateway_tests)
TESTS += $(gateway_tests)
gateway_test_libs = %D%/libpacket.la gateway-hook/libgateway.la $(UNIT_LIBS)
# The fixture lets allocations fail.
gateway_test_ldflags = $(AM_LDFLAGS) -Wl,--wrap=calloc -Wl,--wrap=realloc
gateway_fixture = %D%/gateway_fixture.c %D%/gateway_fixture.h
%C%_test_device_table_SOURCES = %D%/test_device_table.c $(gateway_fixture)
%C%_test_device_table_LDFLAGS = $(gateway_test_ldflags)
%C%_test_device_table_LDADD = $(gateway_test_libs)
# Their disk is full, slow or broken at will.
disk_ldflags = $(gateway_test_ldflags) -Wl,--wrap=write -Wl,--wrap=fsync -Wl,--wrap=open -Wl,--wrap=rename
journal_fixture = %D%/disk.c %D%/disk.h $(gateway_fixture)
%C%_test_journal_SOURCES = %D%/test_journal.c $(journal_fixture)
%C%_test_journal_LDFLAGS = $(disk_ldflags)
%C%_test_journal_LDADD = $(gateway_test_libs)
%C%_test_journal_lock_SOURCES = %D%/test_journal_lock.c $(gateway_fixture)
%C%_test_journal_lock_LDFLAGS = $(gateway_test_ldflags)
%C%_test_journal_lock_LDADD = $(gateway_test_libs)
%C%_test_journal_history_SOURCES = %D%/test_journal_history.c $(journal_fixture)
%C%_test_journal_history_LDFLAGS = $(disk_ldflags)
%C%_test_journal_history_LDADD = $(gateway_test_libs)
%C%_test_settings_SOURCES = %D%/test_settings.c
%C%_test_settings_LDADD = $(gateway_test_libs)
%C%_test_messages_SOURCES = %D%/test_messages.c
%C%_test_messages_LDADD = $(gateway_test_libs)
gateway_play = %D%/gateway_play.c %D%/gateway_play.h $(gateway_fixture)
%C%_test_gateway_SOURCES = %D%/test_gateway.c $(gateway_play)
%C%_test_gateway_LDFLAGS = $(gateway_test_ldflags)
%C%_test_gateway_LDADD = $(gateway_test_libs)
%C%_test_gateway_respond_SOURCES = %D%/test_gateway_respond.c $(gateway_play)
%C%_test_gateway_respond_LDFLAGS = $(gateway_test_ldflags)
%C%_test_gateway_respond_LDADD = $(gateway_test_libs)
%C%_test_gateway_entries_SOURCES = %D%/test_gateway_entries.c $(gateway_play)
%C%_test_gateway_entries_LDFLAGS = $(gateway_test_ldflags)
%C%_test_gateway_entries_LDADD = $(gateway_test_libs)
%C%_test_gateway_report_SOURCES = %D%/test_gateway_report.c $(gateway_play)
%C%_test_gateway_report_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS) -pthread
%C%_test_gateway_report_LDFLAGS = $(gateway_test_ldflags)
%C%_test_gateway_report_LDADD = $(gateway_test_libs)
%C%_test_gateway_leases_SOURCES = %D%/test_gateway_leases.c $(gateway_play)
%C%_test_gateway_leases_LDFLAGS = $(gateway_test_ldflags)
%C%_test_gateway_leases_LDADD = $(gateway_test_libs)
endif
bats_tests += %D%/gateway_manual.bats
if HAVE_CMOCKA
bats_tests += %D%/valgrind.bats
endif
