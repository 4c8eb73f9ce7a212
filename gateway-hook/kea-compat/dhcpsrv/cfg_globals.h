// SPDX-License-Identifier: BSD-2-Clause
// cfg_globals.h - stands in for a header that Debian 12's kea-dev leaves out and dhcpsrv/network.h includes.
// It comes last in the search path, so that the real one is taken where there is one. Only what makes the other
// headers compile: no code of ours may use Network or CfgGlobals, whose numbers here are not Kea's.
#ifndef ASSOC_KEA_COMPAT_CFG_GLOBALS_H
#define ASSOC_KEA_COMPAT_CFG_GLOBALS_H

#include <cc/data.h>

#include <boost/shared_ptr.hpp>

namespace isc {
namespace dhcp {

class CfgGlobals {
public:
        enum Index {
                AUTHORITATIVE,
                BOOT_FILE_NAME,
                CACHE_MAX_AGE,
                CACHE_THRESHOLD,
                CALCULATE_TEE_TIMES,
                DDNS_GENERATED_PREFIX,
                DDNS_OVERRIDE_CLIENT_UPDATE,
                DDNS_OVERRIDE_NO_UPDATE,
                DDNS_QUALIFYING_SUFFIX,
                DDNS_REPLACE_CLIENT_NAME,
                DDNS_SEND_UPDATES,
                DDNS_UPDATE_ON_RENEW,
                DDNS_USE_CONFLICT_RESOLUTION,
                HOSTNAME_CHAR_REPLACEMENT,
                HOSTNAME_CHAR_SET,
                MATCH_CLIENT_ID,
                MAX_PREFERRED_LIFETIME,
                MAX_VALID_LIFETIME,
                MIN_PREFERRED_LIFETIME,
                MIN_VALID_LIFETIME,
                NEXT_SERVER,
                PREFERRED_LIFETIME,
                REBIND_TIMER,
                RENEW_TIMER,
                RESERVATIONS_GLOBAL,
                RESERVATIONS_IN_SUBNET,
                RESERVATIONS_OUT_OF_POOL,
                SERVER_HOSTNAME,
                STORE_EXTENDED_INFO,
                T1_PERCENT,
                T2_PERCENT,
                VALID_LIFETIME,
        };

        // Nobody calls these three.
        isc::data::ConstElementPtr get(const std::string&) const;
        void set(const std::string&, isc::data::ConstElementPtr);
        void clear();
        isc::data::ConstElementPtr get(int) const {
                return isc::data::ConstElementPtr();
        }
};

typedef boost::shared_ptr<CfgGlobals> CfgGlobalsPtr;
typedef boost::shared_ptr<const CfgGlobals> ConstCfgGlobalsPtr;

} // namespace dhcp
} // namespace isc

#endif
