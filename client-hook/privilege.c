/* SPDX-License-Identifier: BSD-2-Clause */
/* privilege.c - gives up what a process does not need. The kernel's calls are used as they are: libcap would
 * be a library more on every device. */
#include "config.h"

#include "client-hook/privilege.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Both are among the first 32. */
#define KEPT (UINT32_C(1) << CAP_NET_RAW | UINT32_C(1) << CAP_NET_BIND_SERVICE)

/* Nothing here can fail that would be worth an error: a process may always do with less. */
void privilege_keep_network(void)
{
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct data[2] = {0};

        (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        /* Ends at the first number that the kernel does not know, or at once if we are not root. */
        for (unsigned long number = 0; prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0; number++)
                continue;
        if (syscall(SYS_capget, &header, data) < 0)
                return;
        data[0].effective &= KEPT;
        data[0].permitted &= KEPT;
        data[0].inheritable = 0;
        data[1] = (struct __user_cap_data_struct){0};
        (void)syscall(SYS_capset, &header, data);
}
