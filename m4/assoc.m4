# SPDX-License-Identifier: BSD-2-Clause
# assoc.m4 - this project's own configure checks.

# The language: C17, stated, so that a newer compiler's default does not change what we accept.
AC_DEFUN([ASSOC_C17], [
  AC_MSG_CHECKING([whether $CC accepts -std=gnu17])
  assoc_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -std=gnu17"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [[_Static_assert(__STDC_VERSION__ >= 201710L, "C17");]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([a C17 compiler is needed])])
  CFLAGS=$assoc_saved_CFLAGS
])

# ASSOC_TRY_FLAG(VARIABLE, FLAG): append FLAG where the compiler knows it.
AC_DEFUN([ASSOC_TRY_FLAG], [
  assoc_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -Werror $2"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [$1="$$1 $2"])
  CFLAGS=$assoc_saved_CFLAGS
])

AC_DEFUN([ASSOC_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
    [], [enable_werror=no])
  WARN_CFLAGS="-std=gnu17 -fvisibility=hidden -fno-strict-aliasing -Wall -Wextra"
  for flag in -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
              -Wformat=2 -Wvla -Wundef -Wcast-qual -Wimplicit-fallthrough -Wnull-dereference \
              -fstack-protector-strong; do
    ASSOC_TRY_FLAG([WARN_CFLAGS], [$flag])
  done
  WARN_CXXFLAGS="-std=c++17 -fvisibility=hidden -Wall -Wextra"
  AS_IF([test "$enable_werror" = yes], [
    WARN_CFLAGS="$WARN_CFLAGS -Werror"
    WARN_CXXFLAGS="$WARN_CXXFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
  AC_SUBST([WARN_CXXFLAGS])
])

# --enable-sanitizers[=LIST], --enable-fuzzers (clang), --enable-coverage.
AC_DEFUN([ASSOC_INSTRUMENTATION], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@], [build with sanitizers (address,undefined); a sanitized hook can't load into kea-dhcp4])],
    [], [enable_sanitizers=no])
  AC_ARG_ENABLE([fuzzers], [AS_HELP_STRING([--enable-fuzzers], [build libFuzzer targets (needs clang)])],
    [], [enable_fuzzers=no])
  AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage], [build for gcov])],
    [], [enable_coverage=no])
  AS_IF([test "$enable_sanitizers" = yes], [enable_sanitizers=address,undefined])
  INSTRUMENT_CFLAGS=
  AS_IF([test "$enable_sanitizers" != no],
    [INSTRUMENT_CFLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer -g"])
  AS_IF([test "$enable_coverage" = yes], [INSTRUMENT_CFLAGS="$INSTRUMENT_CFLAGS --coverage"])
  FUZZ_CFLAGS=
  AS_IF([test "$enable_fuzzers" = yes], [
    INSTRUMENT_CFLAGS="$INSTRUMENT_CFLAGS -fsanitize=fuzzer-no-link"
    FUZZ_CFLAGS="-fsanitize=fuzzer"
    AC_MSG_CHECKING([for libFuzzer])
    assoc_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $FUZZ_CFLAGS"
    AC_LINK_IFELSE([AC_LANG_SOURCE([[
      #include <stddef.h>
      #include <stdint.h>
      int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { (void)data; (void)size; return 0; }]])],
      [AC_MSG_RESULT([yes])],
      [AC_MSG_RESULT([no])
       AC_MSG_ERROR([--enable-fuzzers needs clang and its runtime (CC=clang)])])
    CFLAGS=$assoc_saved_CFLAGS])
  AM_CONDITIONAL([FUZZERS], [test "$enable_fuzzers" = yes])
  AC_SUBST([INSTRUMENT_CFLAGS])
  AC_SUBST([FUZZ_CFLAGS])
])

# Kea: headers, libraries and version. The hook must match the server's release exactly.
AC_DEFUN([ASSOC_KEA], [
  AC_LANG_PUSH([C++])
  AC_ARG_VAR([KEA_CPPFLAGS], [where Kea's headers are (default -I/usr/include/kea)])
  : "${KEA_CPPFLAGS=-I/usr/include/kea}"
  assoc_saved_CPPFLAGS=$CPPFLAGS
  assoc_saved_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $KEA_CPPFLAGS"
  AC_CHECK_HEADER([hooks/hooks.h], [],
    [AC_MSG_ERROR([Kea's headers not found: install kea-dev and libboost-dev (and a C++ compiler), or use --disable-gateway-hook])])
  AC_MSG_CHECKING([for Kea's hooks version])
  KEA_HOOKS_VERSION=$(printf '@%:@include <hooks/hooks.h>\n' | $CXX -E $CPPFLAGS -x c++ - 2>/dev/null |
    $SED -n 's/.*KEA_HOOKS_VERSION *= *\(@<:@0-9@:>@*\) *;.*/\1/p')
  AS_CASE([$KEA_HOOKS_VERSION],
    [@<:@1-9@:>@@<:@0-9@:>@@<:@0-9@:>@@<:@0-9@:>@@<:@0-9@:>@],
      [KEA_VERSION=$(expr "$KEA_HOOKS_VERSION" / 10000).$(expr "$KEA_HOOKS_VERSION" / 100 % 100).$(expr "$KEA_HOOKS_VERSION" % 100)],
    [AC_MSG_RESULT([unknown])
     AC_MSG_ERROR([expected a five-digit KEA_HOOKS_VERSION in Kea's hooks/hooks.h, got '$KEA_HOOKS_VERSION'])])
  AC_MSG_RESULT([$KEA_HOOKS_VERSION (Kea $KEA_VERSION)])
  AS_IF([test "$KEA_HOOKS_VERSION" -lt 20200],
    [AC_MSG_ERROR([expected Kea 2.2.0 or newer, found $KEA_VERSION])])
  KEA_LIBS=
  for lib in kea-dhcp++ kea-dhcp; do
    LIBS="$assoc_saved_LIBS -l$lib"
    AC_MSG_CHECKING([for -l$lib])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); KEA_LIBS=-l$lib; break], [AC_MSG_RESULT([no])])
  done
  AS_IF([test -z "$KEA_LIBS"], [AC_MSG_ERROR([neither -lkea-dhcp++ nor -lkea-dhcp links: install kea-dev])])
  KEA_LIBS="-lkea-dhcpsrv $KEA_LIBS -lkea-hooks -lkea-log -lkea-cc -lkea-util -lkea-exceptions"
  CPPFLAGS=$assoc_saved_CPPFLAGS
  LIBS=$assoc_saved_LIBS
  AC_LANG_POP([C++])
  AC_ARG_WITH([kea-hooks-dir],
    [AS_HELP_STRING([--with-kea-hooks-dir=DIR], [where kea-dhcp4 loads hooks from (LIBDIR/kea/hooks)])],
    [keahooksdir=$withval], [keahooksdir='${libdir}/kea/hooks'])
  AC_SUBST([keahooksdir])
  AC_SUBST([KEA_CPPFLAGS])
  AC_SUBST([KEA_LIBS])
])

# Where systemd's files go: where the installed systemd looks for them, if we are installed where it looks for programs.
AC_DEFUN([ASSOC_SYSTEMD], [
  AC_ARG_WITH([systemdsystemunitdir],
    [AS_HELP_STRING([--with-systemdsystemunitdir=DIR], [where dm-bridge.service goes, or no (as the installed systemd says, or no)])],
    [], [with_systemdsystemunitdir=check])
  assoc_usr='${prefix}'
  AS_IF([test "$with_systemdsystemunitdir" = check || test "$with_systemdsystemunitdir" = yes], [
    systemdsystemunitdir=`$PKG_CONFIG --variable=systemdsystemunitdir systemd 2>/dev/null`
    AS_IF([test -z "$systemdsystemunitdir"],
        [AS_IF([test "$with_systemdsystemunitdir" = yes],
           [AC_MSG_ERROR([systemd.pc is missing: expected --with-systemdsystemunitdir=DIR])])
         systemdsystemunitdir=no],
      [AS_CASE([$prefix],
        [NONE|/usr|/usr/local], [assoc_usr=/usr],
        [systemdsystemunitdir='${prefix}/lib/systemd/system'])])],
    [systemdsystemunitdir=$with_systemdsystemunitdir])
  AC_SUBST([systemdsystemunitdir])
  AC_SUBST([sysusersdir], ["$assoc_usr/lib/sysusers.d"])
  AC_SUBST([tmpfilesdir], ["$assoc_usr/lib/tmpfiles.d"])
  AM_CONDITIONAL([SYSTEMD], [test "$systemdsystemunitdir" != no])
])
