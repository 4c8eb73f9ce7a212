# SPDX-License-Identifier: BSD-2-Clause
# The codec, a program per module.
EXTRA_DIST += tests/bytes.h %D%/packet.h
bats_tests += %D%/libassoc_symbols.bats
if HAVE_CMOCKA
libassoc_tests = %D%/test_cursor %D%/test_identity %D%/test_option %D%/test_encode %D%/test_merge \
	%D%/test_message %D%/test_diagnosis %D%/test_no_allocation
check_PROGRAMS += $(libassoc_tests)
TESTS += $(libassoc_tests)
# What they share: inputs at a PROT_NONE page.
check_LTLIBRARIES += %D%/libpacket.la
%C%_libpacket_la_SOURCES = tests/bytes.c tests/bytes.h %D%/packet.c %D%/packet.h
codec_test_libs = %D%/libpacket.la $(UNIT_LIBS)
%C%_test_cursor_SOURCES = %D%/test_cursor.c
%C%_test_cursor_LDADD = $(codec_test_libs)
%C%_test_identity_SOURCES = %D%/test_identity.c
%C%_test_identity_LDADD = $(codec_test_libs)
%C%_test_option_SOURCES = %D%/test_option.c
%C%_test_option_LDADD = $(codec_test_libs)
%C%_test_encode_SOURCES = %D%/test_encode.c
%C%_test_encode_LDADD = $(codec_test_libs)
%C%_test_merge_SOURCES = %D%/test_merge.c
%C%_test_merge_LDADD = $(codec_test_libs)
%C%_test_message_SOURCES = %D%/test_message.c
%C%_test_message_LDADD = $(codec_test_libs)
%C%_test_diagnosis_SOURCES = %D%/test_diagnosis.c
%C%_test_diagnosis_LDADD = $(codec_test_libs)
%C%_test_no_allocation_SOURCES = %D%/test_no_allocation.c tests/allocations.c tests/allocations.h
%C%_test_no_allocation_LDADD = $(codec_test_libs)
endif
