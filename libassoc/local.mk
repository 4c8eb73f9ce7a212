# SPDX-License-Identifier: BSD-2-Clause
lib_LTLIBRARIES += %D%/libassoc.la
include_HEADERS += %D%/assoc.h
%C%_libassoc_la_SOURCES = \
	%D%/assoc.h \
	%D%/cursor.h \
	%D%/diagnosis.c \
	%D%/identity.c %D%/identity.h \
	%D%/merge.c \
	%D%/message.c \
	%D%/option.c %D%/option.h
# -version-info CURRENT:REVISION:AGE. Code changed: REVISION+1. Interface added: CURRENT+1, REVISION=0, AGE+1.
# Interface removed or changed: CURRENT+1, REVISION=0, AGE=0, and a new soname.
%C%_libassoc_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -Wl,--version-script=$(top_srcdir)/%D%/libassoc.sym
EXTRA_%C%_libassoc_la_DEPENDENCIES = %D%/libassoc.sym
EXTRA_DIST += %D%/libassoc.sym
pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = %D%/libassoc.pc

# Shared by the hook, the client and the bridge; not installed.
noinst_LTLIBRARIES += %D%/libprivate.la
%C%_libprivate_la_SOURCES = \
	%D%/escape.c %D%/escape.h \
	%D%/file.c %D%/file.h \
	%D%/hex_digit.h \
	%D%/identity_file.c %D%/identity_file.h \
	%D%/json_build.c %D%/json_build.h \
	%D%/json_strict.c %D%/json_strict.h \
	%D%/kea_json.c %D%/kea_json.h \
	%D%/record.c %D%/record.h %D%/record_format.c \
	%D%/record_scan.c %D%/record_scan.h
%C%_libprivate_la_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
%C%_libprivate_la_LIBADD = $(JSONC_LIBS)
