# SPDX-License-Identifier: BSD-2-Clause
# What hook, client and bridge share: record formats, whole files, identity.conf.
if HAVE_CMOCKA
private_tests = %D%/test_record %D%/test_file %D%/test_identity_file
check_PROGRAMS += $(private_tests)
TESTS += $(private_tests)
%C%_test_record_SOURCES = %D%/test_record.c
%C%_test_record_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
%C%_test_record_LDADD = $(UNIT_LIBS)
%C%_test_file_SOURCES = %D%/test_file.c
%C%_test_file_LDADD = $(UNIT_LIBS)
%C%_test_identity_file_LDADD = $(UNIT_LIBS)
endif
EXTRA_DIST += %D%/unit.h
