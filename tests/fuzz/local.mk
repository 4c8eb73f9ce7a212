# SPDX-License-Identifier: BSD-2-Clause
# Each target is linked twice: replay_TARGET runs the corpus in `make check` with any compiler; fuzz_TARGET is the
# libFuzzer binary (--enable-fuzzers, clang). `make fuzz FUZZ_SECONDS=60` runs them all.
EXTRA_DIST += %D%/fuzz.h tests/corpus
fuzz_libs = libassoc/libassoc.la
fuzz_replays = %D%/replay_option %D%/replay_message %D%/replay_merge %D%/replay_record
replay_sources = %D%/replay.c tests/bytes.c tests/bytes.h
%C%_replay_option_SOURCES = %D%/fuzz_option.c $(replay_sources)
%C%_replay_option_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"option"'
%C%_replay_option_LDADD = $(fuzz_libs)
%C%_replay_message_SOURCES = %D%/fuzz_message.c $(replay_sources)
%C%_replay_message_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"message"'
%C%_replay_message_LDADD = $(fuzz_libs)
%C%_replay_merge_SOURCES = %D%/fuzz_merge.c $(replay_sources)
%C%_replay_merge_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"merge"'
%C%_replay_merge_LDADD = $(fuzz_libs)
fuzz_record_libs = libassoc/libprivate.la libassoc/libassoc.la $(JSONC_LIBS)
%C%_replay_record_SOURCES = %D%/fuzz_record.c $(replay_sources)
%C%_replay_record_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"record"'
%C%_replay_record_LDADD = $(fuzz_record_libs)
if GATEWAY_CORE
fuzz_gateway_libs = gateway-hook/libgateway.la $(fuzz_libs)
fuzz_replays += %D%/replay_gateway
%C%_replay_gateway_SOURCES = %D%/fuzz_gateway.c $(replay_sources)
%C%_replay_gateway_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"gateway"'
%C%_replay_gateway_LDADD = $(fuzz_gateway_libs)
endif
if DM_BRIDGE
fuzz_bridge_libs = dm-bridge/libbridge.la
fuzz_replays += %D%/replay_configuration %D%/replay_rpc %D%/replay_state %D%/replay_stun %D%/replay_connection_request
# What others make of the same bytes, where they are installed.
if HAVE_ORACLES
oracle_cppflags = -DHAVE_ORACLES
oracle_cflags = $(NICE_CFLAGS) $(URIPARSER_CFLAGS)
oracle_libs = $(NICE_LIBS) $(URIPARSER_LIBS) -lhttp_parser
endif
fuzz_stun_libs = $(fuzz_bridge_libs) libassoc/libprivate.la libassoc/libassoc.la $(NETTLE_LIBS) $(oracle_libs)
%C%_replay_stun_SOURCES = %D%/fuzz_stun.c $(replay_sources)
%C%_replay_stun_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"stun"' $(oracle_cppflags)
%C%_replay_stun_CFLAGS = $(AM_CFLAGS) $(oracle_cflags)
%C%_replay_stun_LDADD = $(fuzz_stun_libs)
%C%_replay_connection_request_SOURCES = %D%/fuzz_connection_request.c $(replay_sources)
%C%_replay_connection_request_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"connection_request"' $(oracle_cppflags)
%C%_replay_connection_request_CFLAGS = $(AM_CFLAGS) $(oracle_cflags)
%C%_replay_connection_request_LDADD = $(fuzz_stun_libs)
%C%_replay_configuration_SOURCES = %D%/fuzz_configuration.c $(replay_sources)
%C%_replay_configuration_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"configuration"'
%C%_replay_configuration_LDADD = $(fuzz_bridge_libs)
%C%_replay_rpc_SOURCES = %D%/fuzz_rpc.c $(replay_sources)
%C%_replay_rpc_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"rpc"'
%C%_replay_rpc_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
%C%_replay_rpc_LDADD = $(fuzz_bridge_libs) $(JSONC_LIBS)
%C%_replay_state_SOURCES = %D%/fuzz_state.c $(replay_sources)
%C%_replay_state_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"state"'
%C%_replay_state_LDADD = $(fuzz_bridge_libs) libassoc/libprivate.la
# What it asserts is cmocka's.
if HAVE_CMOCKA
fuzz_replays += %D%/replay_stun_client
fuzz_stun_client_libs = $(fuzz_bridge_libs) $(CMOCKA_LIBS) $(NETTLE_LIBS)
%C%_replay_stun_client_SOURCES = %D%/fuzz_stun_client.c $(STUN_HISTORY) $(replay_sources)
%C%_replay_stun_client_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TARGET='"stun_client"'
%C%_replay_stun_client_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_replay_stun_client_LDADD = $(fuzz_stun_client_libs)
endif
endif
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)

if FUZZERS
fuzz_programs = %D%/fuzz_option %D%/fuzz_message %D%/fuzz_merge %D%/fuzz_record
%C%_fuzz_option_SOURCES = %D%/fuzz_option.c
%C%_fuzz_option_LDADD = $(fuzz_libs)
%C%_fuzz_option_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_message_SOURCES = %D%/fuzz_message.c
%C%_fuzz_message_LDADD = $(fuzz_libs)
%C%_fuzz_message_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_merge_SOURCES = %D%/fuzz_merge.c
%C%_fuzz_merge_LDADD = $(fuzz_libs)
%C%_fuzz_merge_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_record_SOURCES = %D%/fuzz_record.c
%C%_fuzz_record_LDADD = $(fuzz_record_libs)
%C%_fuzz_record_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
if GATEWAY_CORE
fuzz_programs += %D%/fuzz_gateway
%C%_fuzz_gateway_SOURCES = %D%/fuzz_gateway.c
%C%_fuzz_gateway_LDADD = $(fuzz_gateway_libs)
%C%_fuzz_gateway_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
endif
if DM_BRIDGE
fuzz_programs += %D%/fuzz_configuration %D%/fuzz_rpc %D%/fuzz_state %D%/fuzz_stun %D%/fuzz_connection_request
%C%_fuzz_stun_SOURCES = %D%/fuzz_stun.c
%C%_fuzz_stun_CPPFLAGS = $(AM_CPPFLAGS) $(oracle_cppflags)
%C%_fuzz_stun_CFLAGS = $(AM_CFLAGS) $(oracle_cflags)
%C%_fuzz_stun_LDADD = $(fuzz_stun_libs)
%C%_fuzz_stun_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_connection_request_SOURCES = %D%/fuzz_connection_request.c
%C%_fuzz_connection_request_CPPFLAGS = $(AM_CPPFLAGS) $(oracle_cppflags)
%C%_fuzz_connection_request_CFLAGS = $(AM_CFLAGS) $(oracle_cflags)
%C%_fuzz_connection_request_LDADD = $(fuzz_stun_libs)
%C%_fuzz_connection_request_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_configuration_SOURCES = %D%/fuzz_configuration.c
%C%_fuzz_configuration_LDADD = $(fuzz_bridge_libs)
%C%_fuzz_configuration_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_rpc_SOURCES = %D%/fuzz_rpc.c
%C%_fuzz_rpc_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
%C%_fuzz_rpc_LDADD = $(fuzz_bridge_libs) $(JSONC_LIBS)
%C%_fuzz_rpc_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
%C%_fuzz_state_SOURCES = %D%/fuzz_state.c
%C%_fuzz_state_LDADD = $(fuzz_bridge_libs) libassoc/libprivate.la
%C%_fuzz_state_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
if HAVE_CMOCKA
fuzz_programs += %D%/fuzz_stun_client
%C%_fuzz_stun_client_SOURCES = %D%/fuzz_stun_client.c $(STUN_HISTORY)
%C%_fuzz_stun_client_CFLAGS = $(STUN_TEST_CFLAGS)
%C%_fuzz_stun_client_LDADD = $(fuzz_stun_client_libs)
%C%_fuzz_stun_client_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_CFLAGS)
endif
endif
noinst_PROGRAMS += $(fuzz_programs)
endif

# What libFuzzer finds stays in the build folder; give a crash a name and put it into tests/corpus/TARGET.
FUZZ_SECONDS = 60
.PHONY: fuzz
fuzz: $(fuzz_programs) $(fuzz_replays)
	@test -n "$(fuzz_programs)" || { echo "fuzz: expected a build with --enable-fuzzers CC=clang" >&2; exit 1; }
	@for target in $(patsubst %D%/replay_%,%,$(fuzz_replays)); do \
		mkdir -p %D%/found/$$target %D%/seeds/$$target || exit 1; \
		%D%/replay_$$target --unpack $(srcdir)/tests/corpus/$$target %D%/seeds/$$target || exit 1; \
		%D%/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -max_len=1024 -timeout=5 -print_final_stats=1 \
			-artifact_prefix=%D%/found/$$target- %D%/found/$$target %D%/seeds/$$target || exit 1; \
	done
