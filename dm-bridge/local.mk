# SPDX-License-Identifier: BSD-2-Clause
# All of the daemon but main.c; the unit tests link it too.
noinst_LTLIBRARIES += %D%/libbridge.la
%C%_libbridge_la_SOURCES = \
	%D%/address_watch.c %D%/address_watch.h \
	%D%/agent.c %D%/agent.h \
	%D%/agent_stun.c \
	%D%/boot_timer.c %D%/boot_timer.h \
	%D%/bridge.c %D%/bridge.h \
	%D%/changes.c %D%/changes.h \
	%D%/client.c %D%/client.h \
	%D%/clock.h \
	%D%/configuration.c %D%/configuration.h \
	%D%/configuration_keys.c %D%/configuration_keys.h \
	%D%/configuration_reload.c %D%/configuration_reload.h \
	%D%/connection_request.c %D%/connection_request.h \
	%D%/counters.h \
	%D%/device_info.c \
	%D%/device_set.c %D%/device_set.h \
	%D%/devices.c %D%/devices.h \
	%D%/event_mark.c %D%/event_mark.h \
	%D%/folder_watch.c %D%/folder_watch.h \
	%D%/gateway_info.c %D%/gateway_info.h \
	%D%/gateway_info_object.c \
	%D%/http_request.c %D%/http_request.h \
	%D%/json_text.c %D%/json_text.h \
	%D%/keepalive.c %D%/keepalive.h \
	%D%/keepalive_plan.c %D%/keepalive_plan.h \
	%D%/lifetime_search.c %D%/lifetime_search.h \
	%D%/line_buffer.c %D%/line_buffer.h \
	%D%/local_address.c %D%/local_address.h \
	%D%/log.c %D%/log.h \
	%D%/manageable_device.c \
	%D%/management_server.c \
	%D%/member_attributes.c %D%/member_attributes.h \
	%D%/methods.c %D%/methods.h \
	%D%/methods_attributes.c \
	%D%/methods_connection.c \
	%D%/methods_events.c \
	%D%/methods_faults.c \
	%D%/methods_parameters.c \
	%D%/methods_set.c \
	%D%/methods_state.c \
	%D%/model.c %D%/model.h \
	%D%/notify.c %D%/notify.h \
	%D%/objects.h \
	%D%/order.h \
	%D%/request_gate.c %D%/request_gate.h \
	%D%/resolver.c %D%/resolver.h \
	%D%/rpc.c %D%/rpc.h \
	%D%/sd_notify.c %D%/sd_notify.h \
	%D%/server.c %D%/server.h \
	%D%/socket_path.c %D%/socket_path.h \
	%D%/state.c %D%/state.h \
	%D%/stun_address.c %D%/stun_address.h \
	%D%/stun_binding.c \
	%D%/stun_client.c %D%/stun_client.h \
	%D%/stun_exchange.c \
	%D%/stun_message.c %D%/stun_message.h \
	%D%/stun_private.h \
	%D%/stun_probe.c \
	%D%/stun_report.c \
	%D%/stun_transaction.c %D%/stun_transaction.h \
	%D%/udp_port.c %D%/udp_port.h \
	%D%/udp_socket.c %D%/udp_socket.h \
	%D%/url_host.c %D%/url_host.h \
	%D%/values.c %D%/values.h
%C%_libbridge_la_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS) $(LIBUV_CFLAGS) $(NETTLE_CFLAGS)
%C%_libbridge_la_LIBADD = libassoc/libprivate.la libassoc/libassoc.la $(JSONC_LIBS) $(LIBUV_LIBS) $(NETTLE_LIBS) -lm

sbin_PROGRAMS += %D%/dm-bridge
%C%_dm_bridge_SOURCES = \
	%D%/main.c %D%/daemon.c %D%/daemon.h %D%/daemon_internal.h \
	%D%/daemon_events.c %D%/daemon_reload.c %D%/daemon_sources.c
%C%_dm_bridge_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_dm_bridge_LDADD = %D%/libbridge.la

EXTRA_DIST += %D%/dm-bridge.conf.example

include dm-bridge/assocctl.mk
include dm-bridge/adapters/easycwmp/local.mk
include dm-bridge/init/init.mk
