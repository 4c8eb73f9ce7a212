# SPDX-License-Identifier: BSD-2-Clause
# `make bench`: a program per subject; each prints JSON lines (bench.h), run makes a table and bench.json of them.
# To add one: append it to bench_programs.
EXTRA_DIST += %D%/run
bench_programs = %D%/bench_codec
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs) bench.json
bench_common = %D%/bench.c %D%/bench.h
%C%_bench_codec_SOURCES = %D%/bench_codec.c tests/allocations.c tests/allocations.h $(bench_common)
%C%_bench_codec_LDADD = libassoc/libassoc.la

bench: $(bench_programs)
	$(srcdir)/%D%/run bench.json $(bench_programs:%=./%)
