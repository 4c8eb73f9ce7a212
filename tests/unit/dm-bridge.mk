# SPDX-License-Identifier: BSD-2-Clause
if HAVE_CMOCKA
bridge_tests = %D%/test_line_buffer %D%/test_json_text %D%/test_configuration %D%/test_device_set %D%/test_devices \
	%D%/test_gateway_info %D%/test_client_config %D%/test_methods %D%/test_model %D%/test_notify %D%/test_state \
	%D%/test_values %D%/test_rpc %D%/test_sd_notify %D%/test_server %D%/test_watch %D%/test_daemon %D%/test_stun_message \
	%D%/test_connection_request %D%/test_event_mark %D%/test_request_gate %D%/test_resolver %D%/test_udp_port %D%/test_url_host
check_PROGRAMS += $(bridge_tests)
TESTS += $(bridge_tests)
BRIDGE_UNIT_LIBS = dm-bridge/libbridge.la $(UNIT_LIBS)
%C%_test_line_buffer_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_json_text_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_configuration_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_device_set_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_devices_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_gateway_info_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_client_config_SOURCES = %D%/test_client_config.c dm-bridge/client_config.c
%C%_test_client_config_LDADD = $(UNIT_LIBS)
%C%_test_methods_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_notify_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_state_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_stun_message_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_connection_request_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_event_mark_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_request_gate_SOURCES = %D%/test_request_gate.c tests/allocations.c tests/allocations.h
%C%_test_request_gate_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_resolver_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_test_resolver_LDADD = $(BRIDGE_UNIT_LIBS) $(LIBUV_LIBS)
%C%_test_udp_port_SOURCES = %D%/test_udp_port.c tests/allocations.c tests/allocations.h
%C%_test_udp_port_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_test_udp_port_LDADD = $(BRIDGE_UNIT_LIBS) $(LIBUV_LIBS)
%C%_test_url_host_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_values_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_model_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_rpc_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_sd_notify_LDADD = $(BRIDGE_UNIT_LIBS)
%C%_test_server_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_test_server_LDADD = $(BRIDGE_UNIT_LIBS) $(LIBUV_LIBS)
%C%_test_daemon_LDADD = $(UNIT_LIBS)
%C%_test_watch_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_test_watch_LDADD = $(BRIDGE_UNIT_LIBS) $(LIBUV_LIBS)
endif
EXTRA_DIST += %D%/bridge_fixture.h %D%/scratch.h
