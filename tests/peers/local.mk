# SPDX-License-Identifier: BSD-2-Clause
# The far side of dm-bridge in the lab, on other people's code. Installed nowhere; part of `lab-parts` where libnice is.
if HAVE_NICE
EXTRA_PROGRAMS += %D%/stun_peer
CLEANFILES += %D%/stun_peer
lab_parts += %D%/stun_peer
%C%_stun_peer_SOURCES = %D%/stun_peer.c %D%/peer.h %D%/peer_stun.c %D%/peer_command.c %D%/peer_request.c %D%/peer_request.h
%C%_stun_peer_CFLAGS = $(AM_CFLAGS) $(NICE_CFLAGS)
%C%_stun_peer_LDFLAGS = $(AM_LDFLAGS) -no-install
%C%_stun_peer_LDADD = $(NICE_LIBS)
endif
