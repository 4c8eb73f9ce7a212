#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# libassoc_symbols.bats - what the built library gives and takes.

setup() {
        command -v nm > /dev/null || skip "nm is not installed"
        library=$top_builddir/libassoc/.libs/libassoc.so
        [ -e "$library" ] || skip "no shared library was built"
}

@test "libassoc.so exports exactly the names of libassoc.sym, with its version" {
        sed -n '/^global:\|global:/,/local:/s/^[[:space:]]*\(assoc_[a-z_]*\);/\1@@LIBASSOC_0.1/p' \
                "$top_srcdir/libassoc/libassoc.sym" | sort > "$BATS_TEST_TMPDIR/expected"
        nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sort > "$BATS_TEST_TMPDIR/exported"
        [ -s "$BATS_TEST_TMPDIR/expected" ]
        diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/exported"
}

@test "assoc.h declares exactly the names of libassoc.sym" {
        sed -n 's/^[[:space:]]*\(assoc_[a-z_]*\);/\1/p' "$top_srcdir/libassoc/libassoc.sym" | sort > "$BATS_TEST_TMPDIR/sym"
        sed -n 's/^ASSOC_PUBLIC .*[ *]\(assoc_[a-z_]*\)(.*/\1/p' "$top_srcdir/libassoc/assoc.h" | sort > "$BATS_TEST_TMPDIR/header"
        diff "$BATS_TEST_TMPDIR/sym" "$BATS_TEST_TMPDIR/header"
}

@test "the library takes nothing from libc but text and memory functions: no allocation, no I/O" {
        nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $2); print $2 }' | sort > "$BATS_TEST_TMPDIR/taken"
        ! grep -q '__asan\|__ubsan\|__sanitizer\|gcov' "$BATS_TEST_TMPDIR/taken" || skip "an instrumented build takes more"
        run grep -v -x -E 'mem(cpy|move|set|cmp)|str(n?len|n?cmp)|v?snprintf|__(mem|str)[a-z]*_chk|__v?snprintf_chk|__stack_chk_fail|__cxa_finalize|__gmon_start__|_ITM_[A-Za-z]*' "$BATS_TEST_TMPDIR/taken"
        echo "$output"
        [ -z "$output" ]
}

@test "the manual's example compiles and finds an identity" {
        page=$top_srcdir/man/libassoc.3
        sed -n '/^\.Sh EXAMPLES/,/^\.Sh /{/^\.Bd -literal/,/^\.Ed/{/^\.[BE]d/!p;};}' "$page" | sed 's/\\e/\\/g' > "$BATS_TEST_TMPDIR/example.c"
        grep -q main "$BATS_TEST_TMPDIR/example.c"
        nm -D "$library" | grep -q '__asan\|__ubsan' && skip "an instrumented library needs its runtime"
        $CC -Wall -Wextra -Werror -I"$top_srcdir/libassoc" "$BATS_TEST_TMPDIR/example.c" -L"${library%/*}" -lassoc -o "$BATS_TEST_TMPDIR/example"
        run env LD_LIBRARY_PATH="${library%/*}" "$BATS_TEST_TMPDIR/example"
        echo "$output"
        [ "$status" -eq 0 ]
        [ "${lines[0]}" = "device 00D09E, serial number CP0412JTK1M" ]
        [ "${lines[1]}" = "refused: SerialNumber: expected no control characters, got one at offset 2" ]
}
