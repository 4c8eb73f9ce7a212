/* SPDX-License-Identifier: BSD-2-Clause */
/* option.c - identities in the value of option 125: decode and encode (TR-111 1.2.5, RFC 3925).
 * Takes the value as joined by message.c; what an element may hold is identity.c's knowledge. */
#include "config.h"

#include "libassoc/option.h"

#include <errno.h>
#include <string.h>

#include "libassoc/identity.h"

/* What one pass over an option found. Nothing of it reaches the caller before the end of the option was seen.
 */
struct finding {
        enum assoc_role role;
        struct cursor
                values[ASSOC_ELEMENT_CLASS + 1]; /* first copy of each element; pos is NULL without one */
        uint8_t other_role;                      /* first of a gateway's codes in a device's option, or 0 */
        struct assoc_diagnosis invalid;          /* first value that is not acceptable */
};

/* EN-10: copies are compared as they would be stored, so that case or a trailing NUL makes no conflict. */
static bool agree(enum assoc_element element, const struct cursor *a, const struct cursor *b)
{
        struct assoc_identity first, second;

        identity_store_element(&first, element, a->pos, cursor_left(a));
        identity_store_element(&second, element, b->pos, cursor_left(b));
        return strcmp(identity_element(&first, element), identity_element(&second, element)) == 0;
}

static enum assoc_fault check_value(const struct finding *found, enum assoc_element element,
                                    const struct cursor *value, size_t *ret_got)
{
        enum assoc_fault fault = identity_check_element(element, value->pos, cursor_left(value), ret_got);

        if (fault != ASSOC_FAULT_NONE || found->values[element].pos == NULL)
                return fault;
        *ret_got = cursor_left(value);
        return agree(element, &found->values[element], value) ? ASSOC_FAULT_NONE : ASSOC_FAULT_CONFLICT;
}

static void take_element(struct finding *found, uint8_t code, const struct cursor *value)
{
        enum assoc_element element = (enum assoc_element)(code - option_first_code(found->role));
        enum assoc_fault fault;
        size_t got = 0;

        /* One bad value is enough; also, a bad one must not be stored for comparison. */
        if (found->invalid.fault != ASSOC_FAULT_NONE)
                return;
        fault = check_value(found, element, value, &got);
        if (fault != ASSOC_FAULT_NONE)
                found->invalid = (struct assoc_diagnosis){.fault = fault, .code = code, .got = got};
        else if (found->values[element].pos == NULL)
                found->values[element] = *value;
}

static bool take_block(struct finding *found, struct cursor block, struct assoc_diagnosis *why)
{
        while (cursor_left(&block) > 0) {
                struct cursor value;
                uint8_t code = 0;

                if (!option_get_suboption(&block, &code, &value)) {
                        *why = (struct assoc_diagnosis){
                                .fault = ASSOC_FAULT_TRUNCATED, .code = code, .got = cursor_left(&block)};
                        return false;
                }
                if (option_is_of_role(code, found->role))
                        take_element(found, code, &value);
                else if (found->other_role == 0 && option_is_of_role(code, ASSOC_ROLE_GATEWAY))
                        found->other_role = code;
        }
        return true;
}

static bool take_option(struct finding *found, struct cursor option, struct assoc_diagnosis *why)
{
        while (cursor_left(&option) > 0) {
                struct cursor block;
                uint32_t enterprise;

                if (!option_get_block(&option, &enterprise, &block)) {
                        *why = (struct assoc_diagnosis){.fault = ASSOC_FAULT_TRUNCATED,
                                                        .got = cursor_left(&option)};
                        return false;
                }
                if (enterprise == ASSOC_ENTERPRISE && !take_block(found, block, why))
                        return false;
        }
        return true;
}

static bool has_text(const struct finding *found, enum assoc_element element)
{
        const struct cursor *value = &found->values[element];

        return cursor_left(value) > 1 || (cursor_left(value) == 1 && value->pos[0] != '\0');
}

/* EN-3: a device needs OUI and serial number. DV-3: a gateway's missing elements are recorded as "". */
static bool is_complete(const struct finding *found, struct assoc_diagnosis *why)
{
        bool oui = has_text(found, ASSOC_ELEMENT_OUI), serial = has_text(found, ASSOC_ELEMENT_SERIAL);
        bool any = oui || serial || has_text(found, ASSOC_ELEMENT_CLASS);
        enum assoc_element missing = oui ? ASSOC_ELEMENT_SERIAL : ASSOC_ELEMENT_OUI;

        if ((oui && serial) || (any && found->role == ASSOC_ROLE_GATEWAY))
                return true;
        *why = (struct assoc_diagnosis){.fault = ASSOC_FAULT_MISSING};
        if (any)
                why->code = (uint8_t)(option_first_code(found->role) + missing);
        return false;
}

/* A TR-124 router is told before its values are judged: they mean something else there (EN-9). */
static int judge(const struct finding *found, struct assoc_diagnosis *why)
{
        if (found->role == ASSOC_ROLE_DEVICE && found->other_role != 0) {
                *why = (struct assoc_diagnosis){.fault = ASSOC_FAULT_OTHER_ROLE, .code = found->other_role};
                return -ENODATA;
        }
        if (found->invalid.fault != ASSOC_FAULT_NONE) {
                *why = found->invalid;
                return -EBADMSG;
        }
        return is_complete(found, why) ? 0 : -ENODATA;
}

int assoc_option_decode(const void *option, size_t size, enum assoc_role role, struct assoc_identity *ret,
                        struct assoc_diagnosis *why)
{
        struct finding found = {.role = role};
        struct assoc_diagnosis unwanted;
        int err;

        if (why == NULL)
                why = &unwanted;
        if (!take_option(&found, cursor_of(option, size), why))
                return -EBADMSG;
        err = judge(&found, why);
        if (err < 0)
                return err;
        for (unsigned i = ASSOC_ELEMENT_OUI; i <= ASSOC_ELEMENT_CLASS; i++)
                identity_store_element(ret, (enum assoc_element)i, found.values[i].pos,
                                       cursor_left(&found.values[i]));
        return 0;
}

int option_identity_for_sending(const struct assoc_identity *identity, struct assoc_identity *ret)
{
        static const size_t rooms[] = {sizeof(identity->oui), sizeof(identity->serial),
                                       sizeof(identity->product_class)};

        for (unsigned i = ASSOC_ELEMENT_OUI; i <= ASSOC_ELEMENT_CLASS; i++) {
                enum assoc_element element = (enum assoc_element)i;
                const char *text = identity_element(identity, element);
                /* A caller may have filled the struct in by hand: its NUL is not taken for granted. */
                size_t size = strnlen(text, rooms[element]);
                size_t got;

                if (size == 0 && element != ASSOC_ELEMENT_CLASS)
                        return -EINVAL;
                if (identity_set_element(ret, element, text, size, &got) != ASSOC_FAULT_NONE)
                        return -EINVAL;
        }
        return 0;
}

size_t option_identity_size(const struct assoc_identity *identity)
{
        size_t size = 2 + strlen(identity->oui) + 2 + strlen(identity->serial);

        return identity->product_class[0] == '\0' ? size : size + 2 + strlen(identity->product_class);
}

static bool put_suboption(struct writer *out, uint8_t code, const char *text)
{
        size_t size = strlen(text);

        return writer_put_u8(out, code) && writer_put_u8(out, (uint8_t)size) &&
               writer_put_bytes(out, text, size);
}

bool option_put_identity(struct writer *out, const struct assoc_identity *identity, enum assoc_role role)
{
        uint8_t first = option_first_code(role);

        if (!put_suboption(out, first + ASSOC_ELEMENT_OUI, identity->oui) ||
            !put_suboption(out, first + ASSOC_ELEMENT_SERIAL, identity->serial))
                return false;
        return identity->product_class[0] == '\0' ||
               put_suboption(out, first + ASSOC_ELEMENT_CLASS, identity->product_class);
}

int assoc_option_encode(const struct assoc_identity *identity, enum assoc_role role, void *buffer,
                        size_t size, size_t *ret_size)
{
        struct writer out = writer_of(buffer, size);
        struct assoc_identity sent;

        if (option_identity_for_sending(identity, &sent) < 0)
                return -EINVAL;
        if (!writer_put_be32(&out, ASSOC_ENTERPRISE) ||
            !writer_put_u8(&out, (uint8_t)option_identity_size(&sent)) ||
            !option_put_identity(&out, &sent, role))
                return -ENOBUFS;
        *ret_size = writer_size(&out);
        return 0;
}
