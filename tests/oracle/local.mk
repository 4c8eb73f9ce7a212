# SPDX-License-Identifier: BSD-2-Clause
# libassoc against an independent dissector; skipped where there is no tshark.
check_PROGRAMS += %D%/assoc_oracle
%C%_assoc_oracle_SOURCES = %D%/assoc_oracle.c tests/bytes.c tests/bytes.h
# Objects of its own: another program has bytes.c from libtool.
%C%_assoc_oracle_CPPFLAGS = $(AM_CPPFLAGS)
%C%_assoc_oracle_LDADD = libassoc/libassoc.la
bats_tests += %D%/tshark.bats
