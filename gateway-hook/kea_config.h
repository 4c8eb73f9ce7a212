// SPDX-License-Identifier: BSD-2-Clause
// kea_config.h - Kea's configuration, whose header in Kea 3.0 wants those of the TLS library that Kea was built with. Only pointers to
// one type of theirs are in it, and we use none: naming it is enough.
#ifndef GATEWAY_KEA_CONFIG_H
#define GATEWAY_KEA_CONFIG_H

#include <boost/shared_ptr.hpp>

#ifndef CRYPTO_TLS_H
#define CRYPTO_TLS_H
namespace isc {
namespace asiolink {
class TlsContext;
typedef boost::shared_ptr<TlsContext> TlsContextPtr;
} // namespace asiolink
} // namespace isc
#endif

#include <dhcpsrv/cfgmgr.h>

#endif
